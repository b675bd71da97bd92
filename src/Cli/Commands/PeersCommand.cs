using System.CommandLine;
using NTMobile.Cli.Output;

namespace NTMobile.Cli.Commands;

/// <summary><c>ntm peers</c></summary>
internal static class PeersCommand
{
    public static Command Make(CommandRunner runner)
    {
        var command = new Command("peers", "Remote devices that this LAN knows, with their virtual addresses.");
        runner.Attach(command, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run)
    {
        var result = await run.Client.GetPeersAsync(run.Cancel).ConfigureAwait(false);
        if (!result.IsOk)
        {
            return run.Fail(result.Error);
        }

        if (!run.Terminal.TryJson(result.Value, j => j.IReadOnlyListPeer))
        {
            run.Terminal.Table(
                ["NAME", "ADDRESS HERE", "LAST USED", "SESSION"],
                [.. result.Value.Select(p => new[] { p.Name, p.VirtualAddress, Words.Ago(p.LastUsed, run.Time), Words.Of(p.SessionState) })],
                "No peer yet.");
        }

        return ExitCodes.Ok;
    }
}
