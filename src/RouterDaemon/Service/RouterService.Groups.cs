using NTMobile.Control;

namespace NTMobile.RouterDaemon.Service;

/// <content>Groups.</content>
internal sealed partial class RouterService
{
    public Task<Result<NewGroup>> InitGroupAsync(InitGroupRequest request, CancellationToken cancel) => groups.InitAsync(request, cancel);

    public Task<ControlError?> AddMemberAsync(AddMemberRequest request, CancellationToken cancel) => groups.AddAsync(request, cancel);

    public async Task<Result<Group>> JoinGroupAsync(JoinGroupRequest request, CancellationToken cancel)
    {
        var joined = await groups.JoinAsync(request, cancel).ConfigureAwait(false);
        Signal.Changed(); // waiting is shown too
        return joined;
    }

    public async Task<ControlError?> LeaveGroupAsync(string id, CancellationToken cancel)
    {
        var error = await groups.LeaveAsync(id, cancel).ConfigureAwait(false);
        Signal.Changed();
        return error;
    }
}
