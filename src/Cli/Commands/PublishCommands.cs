using System.CommandLine;
using NTMobile.Control;

namespace NTMobile.Cli.Commands;

/// <summary><c>ntm publish</c>, <c>ntm unpublish</c></summary>
internal static class PublishCommands
{
    public static Command MakePublish(CommandRunner runner)
    {
        var command = new Command("publish", "Lets everybody on the Internet reach ports of a device by its name.");
        var device = new Argument<string>("DEVICE") { Description = "Name of the device, without the router's part." };
        var ports = new Option<string>("--ports") { Description = "For example tcp/80,tcp/22.", Required = true };
        ports.Validators.Add(r =>
        {
            if (!PortList.TryParse(r.GetValueOrDefault<string>(), out var list, out var problem) || (problem = list.WhyNotPublic()) is not null)
            {
                r.AddError($"--ports: {problem}.");
            }
        });
        command.Arguments.Add(device);
        command.Options.Add(ports);
        runner.Attach(command, run => PublishAsync(run, new(run.Parsed.GetValue(device)!, run.Parsed.GetValue(ports)!)));
        return command;
    }

    public static Command MakeUnpublish(CommandRunner runner)
    {
        var command = new Command("unpublish", "Ends that, for open connections too.");
        var device = new Argument<string>("DEVICE") { Description = "Name of the device, without the router's part." };
        command.Arguments.Add(device);
        runner.Attach(command, async run =>
        {
            var label = run.Parsed.GetValue(device)!;
            return run.Finish(await run.Client.UnpublishAsync(label, run.Cancel).ConfigureAwait(false), $"{label} is no longer published.");
        });
        return command;
    }

    private static async Task<int> PublishAsync(CommandRun run, PublishRequest request)
    {
        var result = await run.Client.PublishAsync(request, run.Cancel).ConfigureAwait(false);
        if (!result.IsOk)
        {
            return run.Fail(result.Error);
        }

        if (!run.Terminal.TryJson(result.Value, j => j.Publication))
        {
            var made = result.Value;
            run.Terminal.Line(made.Problem is { } problem
                ? $"{made.Name} will be published ({made.Ports}): {problem}. ntm devices tells when it is."
                : $"{made.Name} is published: {made.Ports}, for everybody on the Internet, at {made.Addresses}. To end it: ntm unpublish {made.Device}");
        }

        return ExitCodes.Ok;
    }
}
