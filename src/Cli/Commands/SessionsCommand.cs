using System.CommandLine;
using NTMobile.Cli.Output;
using NTMobile.Control;

namespace NTMobile.Cli.Commands;

/// <summary><c>ntm sessions</c></summary>
internal static class SessionsCommand
{
    public static Command Make(CommandRunner runner)
    {
        var command = new Command("sessions", "Sessions with other routers: path, traffic, moves.");
        runner.Attach(command, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run)
    {
        var result = await run.Client.GetSessionsAsync(run.Cancel).ConfigureAwait(false);
        if (!result.IsOk)
        {
            return run.Fail(result.Error);
        }

        if (!run.Terminal.TryJson(result.Value, j => j.IReadOnlyListSession))
        {
            run.Terminal.Table(
                ["PEER", "GROUP", "STATE", "PATH", "RTT", "IN", "OUT", "SINCE", "MOVES", "LAST GAP"],
                [.. result.Value.Select(Row)],
                "There is no session. One starts when a device on the LAN asks for a peer's name.");
        }

        return ExitCodes.Ok;
    }

    private static string[] Row(Session s) =>
    [
        s.Peer, s.Group, Words.Of(s.State), Words.Way(s), Words.Milliseconds(s.Path?.RoundTripMs), Words.Bytes(s.BytesIn),
        Words.Bytes(s.BytesOut), Words.Duration(s.EstablishedSeconds), $"{s.Moves.Count}",
        s.Moves is [var last, ..] ? Words.Milliseconds(last.GapMs) : "-",
    ];
}
