namespace NTMobile.Control.Tests.Memory;

public sealed partial class MemoryRouter
{
    /// <summary>Members that were signed, as <c>member fingerprint</c>.</summary>
    public List<string> Signed { get; } = [];

    public Task<Result<NewGroup>> InitGroupAsync(InitGroupRequest request, CancellationToken cancel)
    {
        var id = $"{Interlocked.Increment(ref _ids):x32}";
        var made = new NewGroup(id, Convert.ToBase64String("authority of "u8.ToArray()) + id);
        return Change(made, s => (s with { Groups = [.. s.Groups, new(id, request.Name, request.Priority ?? 128, GroupState.Member, 1)] }, null));
    }

    public Task<ControlError?> AddMemberAsync(AddMemberRequest request, CancellationToken cancel)
    {
        if (!request.Authority.StartsWith(Convert.ToBase64String("authority of "u8.ToArray()), StringComparison.Ordinal))
        {
            return Task.FromResult<ControlError?>(ControlError.Invalid("That is not a group's authority."));
        }

        Signed.Add($"{request.Member} {request.Fingerprint}");
        return Task.FromResult<ControlError?>(null);
    }

    public Task<Result<Group>> JoinGroupAsync(JoinGroupRequest request, CancellationToken cancel)
    {
        var group = new Group(request.Id, "", 0, GroupState.Waiting, 0);
        return Change(group, s => s.Groups.Any(g => g.Id == request.Id)
            ? (s, ControlError.Conflict("This router is in that group already."))
            : (s with { Groups = [.. s.Groups, group] }, null));
    }

    public Task<ControlError?> LeaveGroupAsync(string id, CancellationToken cancel) => Change(s => s.Groups.All(g => g.Id != id)
        ? (s, ControlError.NotFound("This router is not in that group."))
        : (s with { Groups = [.. s.Groups.Where(g => g.Id != id)] }, null));
}
