using System.CommandLine;
using System.Globalization;
using NTMobile.Cli.Output;
using NTMobile.Control;

namespace NTMobile.Cli.Commands;

/// <summary><c>ntm ping NAME</c></summary>
internal static class PingCommand
{
    private const int DefaultCount = 4;

    public static Command Make(CommandRunner runner)
    {
        var command = new Command("ping", "Measures the way to a name, inside the session; sets the session up if needed.");
        var name = new Argument<string>("NAME") { Description = "Name in full of a device or a router." };
        var count = new Option<int>("--count", "-c") { Description = "How many; 0: until Ctrl-C.", DefaultValueFactory = _ => DefaultCount };
        var interval = new Option<double>("--interval", "-i") { Description = "Seconds between two, at least 0.1.", DefaultValueFactory = _ => 1 };
        command.Arguments.Add(name);
        command.Options.Add(count);
        command.Options.Add(interval);
        count.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() < 0)
            {
                r.AddError("--count: 0 or more.");
            }
        });
        runner.Attach(command, run => RunAsync(
            run,
            run.Parsed.GetValue(name)!,
            run.Parsed.GetValue(count),
            TimeSpan.FromSeconds(Math.Max(0.1, run.Parsed.GetValue(interval)))));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, string name, int count, TimeSpan interval)
    {
        List<double> times = [];
        SessionPath? path = null;
        var lost = 0;
        run.Terminal.Done($"PING {name}");
        try
        {
            for (var number = 1; count == 0 || number <= count; number++)
            {
                var result = await run.Client.PingAsync(new(name, 1), run.Cancel).ConfigureAwait(false);
                if (!result.IsOk)
                {
                    return run.Fail(result.Error);
                }

                times.AddRange(result.Value.RoundTripsMs);
                lost += result.Value.Lost;
                path = result.Value.Path ?? path;
                run.Terminal.Done(Line(name, number, result.Value));
                if (number != count)
                {
                    await Task.Delay(interval, run.Time, run.Cancel).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (run.Cancel.IsCancellationRequested)
        {
            // Ctrl-C is how an endless ping ends: the sum follows.
        }

        Sum(run.Terminal, name, new(times, path, lost));
        return times.Count > 0 ? ExitCodes.Ok : ExitCodes.Refused;
    }

    private static string Line(string name, int number, PingReport one) => one.RoundTripsMs is [var time, ..]
        ? string.Create(CultureInfo.InvariantCulture, $"answer from {name}: seq={number} path={Path(one.Path)} time={time:0.0} ms")
        : $"no answer from {name}: seq={number}";

    private static string Path(SessionPath? path) => path is null ? "unknown" : $"{Words.Of(path.Kind)} uplink={path.Uplink}";

    private static void Sum(Terminal terminal, string name, PingReport all)
    {
        if (terminal.TryJson(all, j => j.PingReport))
        {
            return;
        }

        var sent = all.RoundTripsMs.Count + all.Lost;
        terminal.Line("");
        terminal.Line($"--- {name} ---");
        terminal.Line($"{sent} sent, {all.RoundTripsMs.Count} answered, {(sent == 0 ? 0 : 100 * all.Lost / sent)} % lost");
        if (all.RoundTripsMs.Count > 0)
        {
            var (min, average, max) = (all.RoundTripsMs.Min(), all.RoundTripsMs.Average(), all.RoundTripsMs.Max());
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"round trip min/avg/max = {min:0.0}/{average:0.0}/{max:0.0} ms"));
        }

        if (all.Path is { } path)
        {
            terminal.Line($"path {Words.Of(path)}, {(path.Kind == PathKind.Relay ? "by relay" : "to")} {path.Remote}, MTU {path.Mtu}");
        }
    }
}
