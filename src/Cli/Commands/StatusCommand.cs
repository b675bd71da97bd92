using System.CommandLine;
using NTMobile.Cli.Output;
using NTMobile.Control;

namespace NTMobile.Cli.Commands;

/// <summary><c>ntm status</c></summary>
internal static class StatusCommand
{
    public static Command Make(CommandRunner runner)
    {
        var command = new Command("status", "Name, state, uplinks and servers of this router.");
        runner.Attach(command, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run)
    {
        var result = await run.Client.GetStatusAsync(run.Cancel).ConfigureAwait(false);
        if (!result.IsOk)
        {
            return run.Fail(result.Error);
        }

        if (!run.Terminal.TryJson(result.Value, j => j.RouterStatus))
        {
            Print(run.Terminal, result.Value);
        }

        return ExitCodes.Ok;
    }

    private static void Print(Terminal terminal, RouterStatus status)
    {
        terminal.Line(status.Enrolled
            ? $"{status.Name} is {Words.Of(status.State)}."
            : "This router is not enrolled. Ask your provider for a token, then: ntm enrol TOKEN");
        foreach (var warning in status.Warnings)
        {
            terminal.Line($"Warning: {warning.Message}");
        }

        terminal.Line("");
        List<string[]> facts = [];
        if (status.DirectionServer is { } ds)
        {
            facts.Add(["direction server", $"{ds.Name} ({ds.Endpoint}), {(ds.Connected ? Words.Milliseconds(ds.RoundTripMs) : "no answer")}"]);
        }

        facts.AddRange(status.Relays.Select(r => new[] { "relay", $"{r.Endpoint}, {(r.Connected ? Words.Milliseconds(r.RoundTripMs) : "not connected")}" }));
        facts.Add(["fingerprint", status.Fingerprint]);
        facts.Add(["running for", $"{Words.Duration(status.UptimeSeconds)}, version {status.Version}"]);
        if (status.Drops.Count > 0)
        {
            facts.Add(["dropped packets", string.Join(", ", status.Drops.OrderByDescending(d => d.Value).Select(d => $"{d.Value} {d.Key}"))]);
        }

        foreach (var fact in facts)
        {
            terminal.Line($"{fact[0],-18}{fact[1]}");
        }

        terminal.Line("");
        terminal.Table(
            ["UPLINK", "STATE", "ADDRESS", "SEEN AS", "NAT", "MTU"],
            [.. status.Uplinks.Select(u => new[] { u.Name, u.Up ? "up" : "down", Addresses(u), u.PublicEndpoint ?? "-", Words.Nat(u), $"{u.Mtu}" })],
            "There is no uplink.");
    }

    private static string Addresses(UplinkStatus uplink) =>
        string.Join(", ", new[] { uplink.Address, uplink.Address6 }.OfType<string>()) is { Length: > 0 } all ? all : "-";
}
