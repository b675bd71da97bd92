using System.CommandLine;
using NTMobile.Control;

namespace NTMobile.Cli.Commands;

/// <summary><c>ntm internet</c>, <c>ntm internet direct|relay|auto</c>, <c>ntm internet forget</c></summary>
internal static class InternetCommand
{
    public static Command Make(CommandRunner runner)
    {
        var command = new Command("internet", "How devices reach ordinary hosts: directly, or through a relay server.");
        runner.Attach(command, ListAsync);
        command.Subcommands.Add(MakeSet(runner, InternetWay.Direct, "direct", "As without this router; connections end when it moves."));
        command.Subcommands.Add(MakeSet(runner, InternetWay.Relay, "relay", "Through a relay server: connections survive moves, nothing leaves in clear here."));
        command.Subcommands.Add(MakeSet(runner, InternetWay.Auto, "auto", "New connections through a relay server for half an hour after each move, else directly."));
        command.Subcommands.Add(MakeForget(runner));
        return command;
    }

    private static Command MakeSet(CommandRunner runner, InternetWay way, string name, string description)
    {
        var command = new Command(name, description);
        var device = new Option<string?>("--device") { Description = "Name or MAC address of one device; without it, every device." };
        var destination = new Option<string?>("--to") { Description = "IPv4 address or network (203.0.113.0/24); without it, everything." };
        command.Options.Add(device);
        command.Options.Add(destination);
        runner.Attach(command, async run =>
        {
            var request = new InternetRuleRequest(way, run.Parsed.GetValue(device), run.Parsed.GetValue(destination));
            var result = await run.Client.SetInternetRuleAsync(request, run.Cancel).ConfigureAwait(false);
            if (!result.IsOk)
            {
                return run.Fail(result.Error);
            }

            if (!run.Terminal.TryJson(result.Value, j => j.InternetRule))
            {
                run.Terminal.Line($"{Who(result.Value)} to {result.Value.Destination ?? "everything"}: {name}. To end it: ntm internet forget {result.Value.Id}");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command MakeForget(CommandRunner runner)
    {
        var command = new Command("forget", "Takes a rule away.");
        var id = new Argument<string>("ID") { Description = "Id that ntm internet shows." };
        command.Arguments.Add(id);
        runner.Attach(command, async run =>
        {
            var rule = run.Parsed.GetValue(id)!;
            return run.Finish(await run.Client.RemoveInternetRuleAsync(rule, run.Cancel).ConfigureAwait(false), $"The rule {rule} is gone.");
        });
        return command;
    }

    private static async Task<int> ListAsync(CommandRun run)
    {
        var result = await run.Client.GetInternetPolicyAsync(run.Cancel).ConfigureAwait(false);
        if (!result.IsOk)
        {
            return run.Fail(result.Error);
        }

        if (run.Terminal.TryJson(result.Value, j => j.InternetPolicy))
        {
            return ExitCodes.Ok;
        }

        var policy = result.Value;
        run.Terminal.Table(
            ["ID", "DEVICE", "TO", "WAY"],
            [.. policy.Rules.Select(r => new[] { r.Id, Who(r), r.Destination ?? "everything", Word(r.Way, policy) })],
            "Everything goes directly.");
        if (policy.Rules.Any(r => r.Way != InternetWay.Direct))
        {
            run.Terminal.Line(policy.Relay is { } relay
                ? $"Relay server {relay}: {policy.PacketsOut} packets out, {policy.PacketsIn} in."
                : "No relay server takes packets now: what must go through one is held back.");
        }

        return ExitCodes.Ok;
    }

    private static string Who(InternetRule rule) => rule.Device ?? rule.Mac ?? "every device";

    private static string Word(InternetWay way, InternetPolicy policy) => way switch
    {
        InternetWay.Relay => "relay",
        InternetWay.Auto => policy.AutoRelays ? "auto: relay now" : "auto: direct now",
        _ => "direct",
    };
}
