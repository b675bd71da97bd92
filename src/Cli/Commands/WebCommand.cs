using System.CommandLine;

namespace NTMobile.Cli.Commands;

/// <summary><c>ntm web reset-password</c></summary>
internal static class WebCommand
{
    public static Command Make(CommandRunner runner)
    {
        var command = new Command("web", "The router's page.");
        var reset = new Command("reset-password", "For a forgotten password: takes it away. The next visit to the page sets a new one.");
        runner.Attach(reset, async run => run.Finish(
            await run.Client.ResetWebPasswordAsync(run.Cancel).ConfigureAwait(false),
            "The page has no password now. Open it at once and set a new one: the first visitor does."));
        command.Subcommands.Add(reset);
        return command;
    }
}
