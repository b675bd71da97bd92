using System.Text;
using NTMobile.Cli.Output;
using NTMobile.Control;

namespace NTMobile.Cli.Commands;

/// <summary>The authority file: made before the group is, readable by its owner only, never overwritten.</summary>
internal static class GroupInit
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static async Task<int> RunAsync(CommandRun run, InitGroupRequest request, string path)
    {
        FileStream file;
        try
        {
            file = Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return run.Fail(ControlError.Invalid(
                File.Exists(path) ? $"{path} exists already and is not overwritten." : $"{path} cannot be written: {e.Message}"));
        }

        var made = false;
        await using (file.ConfigureAwait(false))
        {
            try
            {
                var result = await run.Client.InitGroupAsync(request, run.Cancel).ConfigureAwait(false);
                if (!result.IsOk)
                {
                    return run.Fail(result.Error);
                }

                if (await WriteAsync(file, request.Name, result.Value).ConfigureAwait(false) is { } problem)
                {
                    await run.Client.LeaveGroupAsync(result.Value.Id, run.Cancel).ConfigureAwait(false);
                    return run.Fail(ControlError.Invalid($"{path} cannot be written ({problem}); the group is given up."));
                }

                made = true;
                Tell(run.Terminal, request, path, result.Value);
                return ExitCodes.Ok;
            }
            finally
            {
                if (!made)
                {
                    File.Delete(path);
                }
            }
        }
    }

    public static GroupAuthorityFile? Read(string path, out string problem)
    {
        try
        {
            problem = $"{path} is not a group's authority file.";
            return GroupAuthorityFile.FromText(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"{path} cannot be read: {e.Message}";
            return null;
        }
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new(path, options);
    }

    /// <summary>Null when the file is on the disk for good.</summary>
    private static async Task<string?> WriteAsync(FileStream file, string name, NewGroup group)
    {
        var text = new GroupAuthorityFile(GroupAuthorityFile.FormatName, group.Id, name, group.Authority).ToText();
        try
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(text)).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
            return null;
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    private static void Tell(Terminal terminal, InitGroupRequest request, string path, NewGroup group)
    {
        // The authority itself stays in the file: JSON output goes to logs and pipes.
        if (terminal.TryJson(new Group(group.Id, request.Name, request.Priority ?? 128, GroupState.Member, 1), j => j.Group))
        {
            return;
        }

        terminal.Line($"Group {request.Name} is made, and this router is its first member. Its id: {group.Id}");
        terminal.Line($"Its authority is in {path}. Keep that file safe and keep a copy: whoever has it can make members,");
        terminal.Line("and without it nobody can. The router does not keep it.");
        terminal.Line($"To add a router: ntm group add {path} NAME FINGERPRINT");
    }
}
