using System.CommandLine;
using NTMobile.Cli.Output;
using NTMobile.Control;

namespace NTMobile.Cli.Commands;

/// <summary><c>ntm refusals</c></summary>
internal static class RefusalsCommand
{
    public static Command Make(CommandRunner runner)
    {
        var command = new Command("refusals", "Who was told no lately, and why.");
        runner.Attach(command, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run)
    {
        var result = await run.Client.GetRefusalsAsync(run.Cancel).ConfigureAwait(false);
        if (!result.IsOk)
        {
            return run.Fail(result.Error);
        }

        if (!run.Terminal.TryJson(result.Value, j => j.IReadOnlyListRefusal))
        {
            run.Terminal.Table(
                ["WHEN", "NAME", "DEVICE", "REASON"],
                [.. result.Value.Select(r => new[] { Words.Ago(r.At, run.Time), r.Name, r.Device, RefusalReasons.Describe(r.Reason) })],
                "Nobody was refused.");
        }

        return ExitCodes.Ok;
    }
}
