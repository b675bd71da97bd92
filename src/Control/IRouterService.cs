namespace NTMobile.Control;

/// <summary>
/// What the local API needs of the router. The daemon implements it over its control loop, tests in memory. Every method may be called
/// from any thread and returns within seconds; a refusal is a <see cref="ControlError"/>, an exception is a fault of ours (HTTP 500).
/// Arguments were checked for shape only (not null, sizes): what they mean is checked here.
/// </summary>
public interface IRouterService
{
    /// <summary>Everything there is to show, now. Cheap enough to be asked twice a second by each watcher.</summary>
    Task<RouterSnapshot> GetSnapshotAsync(CancellationToken cancel);

    /// <summary>Completes when <see cref="RouterSnapshot.Version"/> is no longer <paramref name="seen"/>. Counters alone need not count as change.</summary>
    Task WaitForChangeAsync(long seen, CancellationToken cancel);

    /// <summary>Gives <paramref name="label"/> to a device and confirms it. A confirmed label is moved to another MAC only by this call.</summary>
    Task<Result<Device>> NameDeviceAsync(string label, NameDeviceRequest request, CancellationToken cancel);

    /// <summary>Takes the label away; shares of it end, and it is published no more.</summary>
    Task<ControlError?> ForgetDeviceAsync(string label, CancellationToken cancel);

    /// <summary>Opens ports of a device to members. <see cref="ShareRequest.Ports"/> is in normal form already.</summary>
    Task<Result<Share>> ShareAsync(ShareRequest request, CancellationToken cancel);

    /// <summary>Ends a share at once, for open connections too.</summary>
    Task<ControlError?> UnshareAsync(string id, CancellationToken cancel);

    /// <summary>Opens ports of a device to everybody on the Internet. <see cref="PublishRequest.Ports"/> is in normal form already, TCP and UDP by number. Waits some
    /// seconds for the provider's servers; what they refuse is not kept.</summary>
    Task<Result<Publication>> PublishAsync(PublishRequest request, CancellationToken cancel);

    /// <summary>Ends that at once, for open connections too.</summary>
    Task<ControlError?> UnpublishAsync(string device, CancellationToken cancel);

    /// <summary>Sets how a device, or all of them, reach a destination, or all of them.</summary>
    Task<Result<InternetRule>> SetInternetRuleAsync(InternetRuleRequest request, CancellationToken cancel);

    /// <summary>Takes such a rule away.</summary>
    Task<ControlError?> RemoveInternetRuleAsync(string id, CancellationToken cancel);

    /// <summary>Measures the way to a name. <see cref="PingRequest.Count"/> is 1–20.</summary>
    Task<Result<PingReport>> PingAsync(PingRequest request, CancellationToken cancel);

    /// <summary>Looks what network the preferred uplink is in.</summary>
    Task<NetworkReport> CheckNetworkAsync(CancellationToken cancel);

    /// <summary>Makes a group; the authority is given back and kept nowhere.</summary>
    Task<Result<NewGroup>> InitGroupAsync(InitGroupRequest request, CancellationToken cancel);

    /// <summary>Signs a member with the authority given and hands the certificate to the key server.</summary>
    Task<ControlError?> AddMemberAsync(AddMemberRequest request, CancellationToken cancel);

    /// <summary>Joins a group, now or as soon as its owner has signed.</summary>
    Task<Result<Group>> JoinGroupAsync(JoinGroupRequest request, CancellationToken cancel);

    /// <summary>Leaves a group.</summary>
    Task<ControlError?> LeaveGroupAsync(string id, CancellationToken cancel);

    /// <summary>Enrols at the provider whose key server the token names.</summary>
    Task<ControlError?> EnrolAsync(EnrolRequest request, CancellationToken cancel);
}
