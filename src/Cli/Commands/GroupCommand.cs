using System.CommandLine;
using NTMobile.Control;

namespace NTMobile.Cli.Commands;

/// <summary><c>ntm group init | add | join | list | leave</c></summary>
internal static class GroupCommand
{
    public static Command Make(CommandRunner runner)
    {
        var command = new Command("group", "Groups: who may talk with whom.");
        command.Subcommands.Add(MakeInit(runner));
        command.Subcommands.Add(MakeAdd(runner));
        command.Subcommands.Add(MakeJoin(runner));
        command.Subcommands.Add(MakeList(runner));
        command.Subcommands.Add(MakeLeave(runner));
        return command;
    }

    private static Command MakeInit(CommandRunner runner)
    {
        var command = new Command("init", "Makes a group. Its authority is written to a file that only you keep.");
        var name = new Argument<string>("NAME") { Description = "Name of the group." };
        var file = new Option<string?>("--out") { Description = "File for the authority; without it NAME.authority here.", HelpName = "FILE" };
        var priority = new Option<int?>("--priority") { Description = "Of several common groups the one with the lowest number is used: 0 to 255, 128 if left out." };
        command.Arguments.Add(name);
        command.Options.Add(file);
        command.Options.Add(priority);
        runner.Attach(command, run =>
        {
            var group = run.Parsed.GetValue(name)!;
            return GroupInit.RunAsync(run, new(group, run.Parsed.GetValue(priority)), run.Parsed.GetValue(file) ?? $"{group}.authority");
        });
        return command;
    }

    private static Command MakeAdd(CommandRunner runner)
    {
        var command = new Command("add", "Makes a router a member of your group.");
        var file = new Argument<string>("FILE") { Description = "The group's authority file." };
        var member = new Argument<string>("MEMBER") { Description = "The router's name in full." };
        var fingerprint = new Argument<string[]>("FINGERPRINT")
        {
            Description = "What ntm status shows there. Compare it by phone or in person. Blanks do not matter.",
            Arity = ArgumentArity.OneOrMore,
        };
        command.Arguments.Add(file);
        command.Arguments.Add(member);
        command.Arguments.Add(fingerprint);
        runner.Attach(command, run => AddAsync(
            run, run.Parsed.GetValue(file)!, run.Parsed.GetValue(member)!, string.Concat(run.Parsed.GetValue(fingerprint)!)));
        return command;
    }

    private static async Task<int> AddAsync(CommandRun run, string path, string member, string fingerprint)
    {
        if (GroupInit.Read(path, out var problem) is not { } authority)
        {
            return run.Fail(ControlError.Invalid(problem));
        }

        var digits = fingerprint.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        var error = await run.Client.AddMemberAsync(new(authority.Authority, member, digits), run.Cancel).ConfigureAwait(false);
        return run.Finish(error, $"{member} is a member of {authority.Name}. There: ntm group join {authority.Id}");
    }

    private static Command MakeJoin(CommandRunner runner)
    {
        var command = new Command("join", "Joins a group, now or as soon as its owner has added this router.");
        var id = new Argument<string>("ID") { Description = "Id that the group's owner tells." };
        command.Arguments.Add(id);
        runner.Attach(command, async run =>
        {
            var result = await run.Client.JoinGroupAsync(new(run.Parsed.GetValue(id)!), run.Cancel).ConfigureAwait(false);
            if (!result.IsOk)
            {
                return run.Fail(result.Error);
            }

            if (!run.Terminal.TryJson(result.Value, j => j.Group))
            {
                run.Terminal.Line(result.Value.State == GroupState.Member
                    ? $"This router is a member of {result.Value.Name}."
                    : "Asked. The group's owner has to add this router; its fingerprint is in: ntm status");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command MakeList(CommandRunner runner)
    {
        var command = new Command("list", "Groups of this router.");
        runner.Attach(command, async run =>
        {
            var result = await run.Client.GetGroupsAsync(run.Cancel).ConfigureAwait(false);
            if (!result.IsOk)
            {
                return run.Fail(result.Error);
            }

            if (!run.Terminal.TryJson(result.Value, j => j.IReadOnlyListGroup))
            {
                run.Terminal.Table(
                    ["ID", "NAME", "PRIORITY", "STATE", "EPOCH"],
                    [.. result.Value.Select(g => new[] { g.Id, g.Name.Length > 0 ? g.Name : "-", $"{g.Priority}", StateOf(g.State), $"{g.Epoch}" })],
                    "This router is in no group. Make one: ntm group init NAME");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command MakeLeave(CommandRunner runner)
    {
        var command = new Command("leave", "Leaves a group; its sessions end.");
        var id = new Argument<string>("ID") { Description = "Id that ntm group list shows." };
        command.Arguments.Add(id);
        runner.Attach(command, async run =>
        {
            var group = run.Parsed.GetValue(id)!;
            return run.Finish(await run.Client.LeaveGroupAsync(group, run.Cancel).ConfigureAwait(false), $"This router has left {group}.");
        });
        return command;
    }

    private static string StateOf(GroupState state) => state switch
    {
        GroupState.Member => "member",
        GroupState.Waiting => "waiting for the owner",
        _ => "expired",
    };
}
