using System.CommandLine;
using NTMobile.Control;

namespace NTMobile.Cli.Commands;

/// <summary><c>ntm shares</c>, <c>ntm share</c>, <c>ntm unshare</c></summary>
internal static class ShareCommands
{
    public static Command MakeList(CommandRunner runner)
    {
        var command = new Command("shares", "What members of a group may reach here.");
        runner.Attach(command, ListAsync);
        return command;
    }

    public static Command MakeShare(CommandRunner runner)
    {
        var command = new Command("share", "Lets members of a group reach a device.");
        var device = new Argument<string>("DEVICE") { Description = "Name of the device, without the router's part." };
        var ports = new Option<string>("--ports")
        {
            Description = "For example tcp/22,udp/5000-5010,icmp; or all.",
            DefaultValueFactory = _ => "all",
        };
        var group = new Option<string?>("--group") { Description = "Name or id of one group; without it, every group of this router." };
        ports.Validators.Add(r =>
        {
            if (!PortList.TryParse(r.GetValueOrDefault<string>(), out _, out var problem))
            {
                r.AddError($"--ports: {problem}.");
            }
        });
        command.Arguments.Add(device);
        command.Options.Add(ports);
        command.Options.Add(group);
        runner.Attach(command, run => ShareAsync(
            run, new(run.Parsed.GetValue(device)!, run.Parsed.GetValue(ports)!, run.Parsed.GetValue(group))));
        return command;
    }

    public static Command MakeUnshare(CommandRunner runner)
    {
        var command = new Command("unshare", "Ends a share, for open connections too.");
        var id = new Argument<string>("ID") { Description = "Id that ntm shares shows." };
        command.Arguments.Add(id);
        runner.Attach(command, async run =>
        {
            var share = run.Parsed.GetValue(id)!;
            return run.Finish(await run.Client.UnshareAsync(share, run.Cancel).ConfigureAwait(false), $"{share} is no longer shared.");
        });
        return command;
    }

    private static async Task<int> ShareAsync(CommandRun run, ShareRequest request)
    {
        var result = await run.Client.ShareAsync(request, run.Cancel).ConfigureAwait(false);
        if (!result.IsOk)
        {
            return run.Fail(result.Error);
        }

        if (!run.Terminal.TryJson(result.Value, j => j.Share))
        {
            var share = result.Value;
            run.Terminal.Line($"{share.Device} is shared: {share.Ports}, {(request.Group is null ? "every group" : request.Group)}. To end it: ntm unshare {share.Id}");
        }

        return ExitCodes.Ok;
    }

    private static async Task<int> ListAsync(CommandRun run)
    {
        var shares = await run.Client.GetSharesAsync(run.Cancel).ConfigureAwait(false);
        if (!shares.IsOk)
        {
            return run.Fail(shares.Error);
        }

        if (run.Terminal.TryJson(shares.Value, j => j.IReadOnlyListShare))
        {
            return ExitCodes.Ok;
        }

        var groups = await run.Client.GetGroupsAsync(run.Cancel).ConfigureAwait(false);
        var names = groups.IsOk ? groups.Value.Where(g => g.Name.Length > 0).ToDictionary(g => g.Id, g => g.Name) : [];
        run.Terminal.Table(
            ["ID", "DEVICE", "PORTS", "GROUP"],
            [.. shares.Value.Select(s => new[] { s.Id, s.Device, s.Ports, s.Group is null ? "every group" : names.GetValueOrDefault(s.Group, s.Group) })],
            "Nothing is shared: no device here can be reached from outside.");
        return ExitCodes.Ok;
    }
}
