using System.CommandLine;
using NTMobile.Cli.Output;
using NTMobile.Control;

namespace NTMobile.Cli.Commands;

/// <summary><c>ntm devices</c>, <c>ntm devices name</c>, <c>ntm devices forget</c></summary>
internal static class DevicesCommand
{
    public static Command Make(CommandRunner runner)
    {
        var command = new Command("devices", "Devices on this LAN and their names.");
        runner.Attach(command, ListAsync);
        command.Subcommands.Add(MakeName(runner));
        command.Subcommands.Add(MakeForget(runner));
        return command;
    }

    // Six pairs of digits; an IPv6 address written like that would need a double colon.
    private static bool IsMac(string text) => text.Split(':') is { Length: 6 } groups && groups.All(g => g.Length is 1 or 2);

    private static Command MakeName(CommandRunner runner)
    {
        var command = new Command("name", "Gives a device its name and confirms it.");
        var label = new Argument<string>("LABEL") { Description = "Name without the router's part (nas)." };
        var device = new Argument<string>("MAC|ADDRESS") { Description = "The device." };
        command.Arguments.Add(label);
        command.Arguments.Add(device);
        runner.Attach(command, async run =>
        {
            var which = run.Parsed.GetValue(device)!;
            var request = IsMac(which) ? new NameDeviceRequest(Mac: which) : new NameDeviceRequest(Address: which);
            var result = await run.Client.NameDeviceAsync(run.Parsed.GetValue(label)!, request, run.Cancel).ConfigureAwait(false);
            if (!result.IsOk)
            {
                return run.Fail(result.Error);
            }

            if (!run.Terminal.TryJson(result.Value, j => j.Device))
            {
                run.Terminal.Line($"{which} is now {result.Value.FullName}.");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command MakeForget(CommandRunner runner)
    {
        var command = new Command("forget", "Takes a name away; its shares end.");
        var label = new Argument<string>("LABEL") { Description = "Name without the router's part." };
        command.Arguments.Add(label);
        runner.Attach(command, async run =>
        {
            var name = run.Parsed.GetValue(label)!;
            return run.Finish(await run.Client.ForgetDeviceAsync(name, run.Cancel).ConfigureAwait(false), $"{name} is forgotten.");
        });
        return command;
    }

    private static async Task<int> ListAsync(CommandRun run)
    {
        var result = await run.Client.GetDevicesAsync(run.Cancel).ConfigureAwait(false);
        if (!result.IsOk)
        {
            return run.Fail(result.Error);
        }

        if (run.Terminal.TryJson(result.Value, j => j.IReadOnlyListDevice))
        {
            return ExitCodes.Ok;
        }

        var published = await run.Client.GetPublishedAsync(run.Cancel).ConfigureAwait(false);
        if (!published.IsOk)
        {
            return run.Fail(published.Error);
        }

        run.Terminal.Table(
            ["NAME", "ADDRESS", "MAC", "CALLS ITSELF", "LAST SEEN", "NOTE"],
            [.. result.Value.Select(d => Row(d, published.Value.FirstOrDefault(p => p.Device == d.Label), run.Time))],
            "No device was seen yet.");
        return ExitCodes.Ok;
    }

    private static string[] Row(Device d, Publication? published, TimeProvider time) =>
        [d.FullName ?? "-", d.Address ?? "-", d.Mac ?? "-", d.Hint ?? "-", Words.Ago(d.LastSeen, time), Note(d, published)];

    private static string Note(Device d, Publication? published) => (d, published) switch
    {
        ({ ClaimedBy: { } other }, _) => $"{other} claims this name too",
        ({ Label: null }, _) => "unnamed",
        ({ Confirmed: false }, _) => "not confirmed",
        (_, { Problem: { } problem }) => $"not published yet: {problem}",
        (_, { } p) => $"published: {p.Ports} at {p.Addresses}",
        _ => "",
    };
}
