using System.CommandLine;

namespace NTMobile.Cli.Commands;

/// <summary><c>ntm enrol TOKEN</c></summary>
internal static class EnrolCommand
{
    public static Command Make(CommandRunner runner)
    {
        var command = new Command("enrol", "Enrols this router with the one-time token of a provider.");
        var token = new Argument<string>("TOKEN") { Description = "The token; - reads it from standard input." };
        command.Arguments.Add(token);
        runner.Attach(command, async run =>
        {
            var text = run.Parsed.GetValue(token)!;
            text = text == "-" ? (await Console.In.ReadToEndAsync(run.Cancel).ConfigureAwait(false)).Trim() : text;
            var error = await run.Client.EnrolAsync(new(text), run.Cancel).ConfigureAwait(false);
            if (error is not null || run.Terminal.IsJson)
            {
                return run.Finish(error, "");
            }

            var status = await run.Client.GetStatusAsync(run.Cancel).ConfigureAwait(false);
            return run.Finish(null, status.IsOk ? $"Enrolled as {status.Value.Name}." : "Enrolled.");
        });
        return command;
    }
}
