using System.CommandLine;
using NTMobile.Cli.Output;
using NTMobile.Control;

namespace NTMobile.Cli.Commands;

/// <summary><c>ntm netcheck</c></summary>
internal static class NetcheckCommand
{
    public static Command Make(CommandRunner runner)
    {
        var command = new Command("netcheck", "What network this router is in, and whom it can reach from there.");
        runner.Attach(command, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run)
    {
        var result = await run.Client.CheckNetworkAsync(run.Cancel).ConfigureAwait(false);
        if (!result.IsOk)
        {
            return run.Fail(result.Error);
        }

        if (!run.Terminal.TryJson(result.Value, j => j.NetworkReport))
        {
            Print(run.Terminal, result.Value);
        }

        return ExitCodes.Ok;
    }

    private static void Print(Terminal terminal, NetworkReport report)
    {
        terminal.Line(NetworkWords.Meaning(report));
        terminal.Line("");
        foreach (var (name, value) in NetworkWords.Facts(report))
        {
            terminal.Line($"{name,-18}{value}");
        }
    }
}
