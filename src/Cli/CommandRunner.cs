using System.CommandLine;
using NTMobile.Cli.Output;
using NTMobile.Control;

namespace NTMobile.Cli;

/// <summary>Gives a command its client and its terminal, and turns failures into words and exit codes.</summary>
internal sealed class CommandRunner(Option<bool> json, Option<string> socket, TimeProvider time)
{
    public void Attach(Command command, Func<CommandRun, Task<int>> run) => command.SetAction(async (parsed, cancel) =>
    {
        var path = parsed.GetValue(socket)!;
        var configuration = parsed.InvocationConfiguration;
        var terminal = new Terminal(configuration.Output, configuration.Error, parsed.GetValue(json));
        using var client = new RouterClient(path);
        try
        {
            return await run(new(parsed, client, terminal, time, cancel)).ConfigureAwait(false);
        }
        catch (RouterUnreachableException e)
        {
            return Explain(terminal, e, path);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCodes.Refused;
        }
    });

    private static int Explain(Terminal terminal, RouterUnreachableException problem, string path)
    {
        var (code, advice) = problem.Reason switch
        {
            RouterUnreachableReason.NotRunning => (ExitCodes.NotRunning, " Start it with: systemctl start ntm-router"),
            RouterUnreachableReason.PermissionDenied => (ExitCodes.Refused, $" Use sudo, or become a member of the group that owns {path}."),
            _ => (ExitCodes.Refused, ""),
        };
        terminal.Error(new(
            problem.Reason == RouterUnreachableReason.NotRunning ? "not-running" : "unreachable", problem.Message + advice));
        return code;
    }
}

/// <summary>One run of a command.</summary>
internal sealed record CommandRun(
    ParseResult Parsed, RouterClient Client, Terminal Terminal, TimeProvider Time, CancellationToken Cancel)
{
    /// <summary>Prints a refusal, or the words for success.</summary>
    public int Finish(ControlError? error, string done)
    {
        if (error is not null)
        {
            Terminal.Error(error);
            return ExitCodes.Refused;
        }

        Terminal.Done(done);
        return ExitCodes.Ok;
    }

    /// <summary>Prints a refusal.</summary>
    public int Fail(ControlError error)
    {
        Terminal.Error(error);
        return ExitCodes.Refused;
    }
}
