using System.CommandLine;
using NTMobile.Cli.Commands;
using NTMobile.Control;

namespace NTMobile.Cli;

/// <summary>The command line. It speaks to the local service only.</summary>
internal static class NtmCommand
{
    /// <summary>Runs one command.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, TimeProvider time)
    {
        var parsed = Make(time).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
            {
                await error.WriteLineAsync(problem.Message).ConfigureAwait(false);
            }

            await error.WriteLineAsync("Try: ntm --help").ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        return await parsed.InvokeAsync(new()
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
        }).ConfigureAwait(false);
    }

    private static RootCommand Make(TimeProvider time)
    {
        var root = new RootCommand("Shows and sets what the NTMobile router on this machine does.");
        var json = new Option<bool>("--json") { Description = "Print JSON.", Recursive = true };
        var socket = new Option<string>("--socket")
        {
            Description = "Socket of the service.",
            HelpName = "PATH",
            Recursive = true,
            DefaultValueFactory = _ => RouterClient.DefaultSocketPath,
        };
        root.Options.Add(json);
        root.Options.Add(socket);
        var runner = new CommandRunner(json, socket, time);
        root.Subcommands.Add(StatusCommand.Make(runner));
        root.Subcommands.Add(SessionsCommand.Make(runner));
        root.Subcommands.Add(PeersCommand.Make(runner));
        root.Subcommands.Add(RefusalsCommand.Make(runner));
        root.Subcommands.Add(PingCommand.Make(runner));
        root.Subcommands.Add(NetcheckCommand.Make(runner));
        root.Subcommands.Add(DevicesCommand.Make(runner));
        root.Subcommands.Add(ShareCommands.MakeList(runner));
        root.Subcommands.Add(ShareCommands.MakeShare(runner));
        root.Subcommands.Add(ShareCommands.MakeUnshare(runner));
        root.Subcommands.Add(PublishCommands.MakePublish(runner));
        root.Subcommands.Add(PublishCommands.MakeUnpublish(runner));
        root.Subcommands.Add(InternetCommand.Make(runner));
        root.Subcommands.Add(GroupCommand.Make(runner));
        root.Subcommands.Add(EnrolCommand.Make(runner));
        root.Subcommands.Add(WebCommand.Make(runner));
        return root;
    }
}
