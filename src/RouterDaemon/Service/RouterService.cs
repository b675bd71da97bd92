using System.Reflection;
using NTMobile.Control;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Enrolment;
using NTMobile.RouterDaemon.Keys;
using NTMobile.RouterDaemon.Loops;
using NTMobile.RouterDaemon.Netcheck;
using NTMobile.RouterDaemon.Network;
using NTMobile.RouterDaemon.PortMapping;
using NTMobile.Security.Enrolment;
using NTMobile.Storage;
using NTMobile.Wire;

namespace NTMobile.RouterDaemon.Service;

/// <summary>What the local API asks of the router.</summary>
internal sealed partial class RouterService(
    NodeHost host,
    StoreFile store,
    StoreReport report,
    IdentityStore keys,
    GroupService groups,
    DeviceRegistry devices,
    InternetRules internet,
    Publications publications,
    LanNetwork lan,
    IReadOnlyList<string> uplinkNames,
    Func<IReadOnlyList<WatchedUplink>> uplinks,
    PortMapper? mapper,
    Func<IReadOnlyList<DnsPast>?> dnsPast,
    Func<string, CancellationToken, Task> enrol,
    TimeProvider time) : IRouterService
{
    // With the commit in short, where the build knows it.
    private static readonly string Version =
        typeof(RouterService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion is not { } version
            ? "unknown"
            : version.IndexOf('+', StringComparison.Ordinal) is var plus and >= 0 ? version[..Math.Min(version.Length, plus + 9)] : version;

    private readonly long _started = time.GetTimestamp();

    /// <summary>Raised when anything that people look at may have changed.</summary>
    public ChangeSignal Signal { get; } = new();

    public Task WaitForChangeAsync(long seen, CancellationToken cancel) => Signal.WaitAsync(seen, cancel);

    public async Task<RouterSnapshot> GetSnapshotAsync(CancellationToken cancel)
    {
        var version = Signal.Version;
        var node = await host.GetStatusAsync().ConfigureAwait(false);
        var router = keys.Provider?.NodeName ?? "";
        return new RouterSnapshot
        {
            Version = version,
            Status = Status(node),
            Devices = Devices(router),
            Shares = [.. store.Shares.All.ToArray().Select(Shown)],
            Published = [.. Published(node)],
            Sessions = [.. (node?.Peers ?? []).Where(p => p.State != "idle").Select(SnapshotMapper.Session)],
            Peers = [.. (node?.Leases ?? []).Select(l => Peer(l, node!))],
            Refusals = [.. (node?.Refusals ?? []).Select(SnapshotMapper.Refusal).Reverse()],
            Groups = groups.List(),
            Internet = Internet(node?.Egress),
        };
    }

    public async Task<Result<PingReport>> PingAsync(PingRequest request, CancellationToken cancel)
    {
        if (keys.Provider is not { } provider)
        {
            return NotEnrolled();
        }

        if (!HostName.TryNormalize(request.Name, out var name) || !HostName.IsWithin(name, provider.Zone) || name == provider.NodeName)
        {
            return ControlError.Invalid($"\"{request.Name}\" is no name of another router in {provider.Zone}");
        }

        var trips = new List<double>();
        string? failure = null;
        var count = request.Count ?? 1;
        for (var i = 0; i < count; i++)
        {
            var answer = await PingOnceAsync(name, cancel).ConfigureAwait(false);
            if (answer.Failure is null)
            {
                trips.Add(answer.RoundTripMs);
            }

            failure ??= answer.Failure;
        }

        if (trips.Count == 0)
        {
            return ControlError.TimedOut($"{name}: {Words(failure)}");
        }

        var node = await host.GetStatusAsync().ConfigureAwait(false);
        var path = node?.Peers.FirstOrDefault(p => name == p.Name || name.EndsWith("." + p.Name, StringComparison.Ordinal))?.Path;
        return new PingReport(trips, path is null ? null : SnapshotMapper.Path(path), count - trips.Count);
    }

    public async Task<NetworkReport> CheckNetworkAsync(CancellationToken cancel)
    {
        var node = await host.GetStatusAsync().ConfigureAwait(false);
        var up = uplinks();
        var preferred = up is [var first, ..] ? first : null;
        var watched = up.Where(u => u.Uplink.Name == preferred?.Uplink.Name).ToList();
        var shown = preferred is null ? null : Shown(watched, node);
        var bypass = DnsBypassFinder.Of(dnsPast(), Devices(keys.Provider?.NodeName ?? ""));
        return await NetworkChecker.CheckAsync(preferred, Gateway(watched), shown, node, bypass, cancel).ConfigureAwait(false);
    }

    public async Task<ControlError?> EnrolAsync(EnrolRequest request, CancellationToken cancel)
    {
        try
        {
            await enrol(request.Token, cancel).ConfigureAwait(false);
            Signal.Changed();
            return null;
        }
        catch (FormatException e)
        {
            return ControlError.Invalid(e.Message);
        }
        catch (KeyServerException e)
        {
            return e.Type == KeyServerException.Unreachable ? ControlError.Unavailable(e.Message) : ControlError.Refused(e.Message);
        }
    }

    private async Task<PingAnswer> PingOnceAsync(string name, CancellationToken cancel)
    {
        var answer = new TaskCompletionSource<PingAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Tell(new PingRequested(name, a => answer.TrySetResult(a)));
        try
        {
            return await answer.Task.WaitAsync(TimeSpan.FromSeconds(8), time, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new PingAnswer(-1, "", "no answer");
        }
    }

    private static string Words(string? failure) => failure switch
    {
        "NoSuchName" => "no such name",
        "NotRegistered" => "that router is away",
        "NoCommonGroup" => "no group in common",
        "NoDirectionServer" => "the direction server does not answer",
        "TooMany" => "too many requests",
        _ => "no answer",
    };

    private RouterStatus Status(NodeStatus? node) => new()
    {
        Name = keys.Provider?.NodeName ?? "",
        Zone = keys.Provider?.Zone ?? "",
        Fingerprint = keys.Identity.Fingerprint,
        Version = Version,
        Enrolled = keys.Provider is not null,
        State = State(node),
        DirectionServer = node?.DirectionServer is { } ds
            ? new DirectionServerStatus(keys.Provider?.DirectionServers[0].Name ?? "", ds.Endpoint.ToString(), ds.IsUp, SnapshotMapper.RoundTrip(ds.RoundTripMs))
            : null,
        Relays = [.. (node?.Relays ?? []).Select(r => new RelayStatus(r.Endpoint.ToString(), r.IsUp, SnapshotMapper.RoundTrip(r.RoundTripMs)))],
        Uplinks = [.. Uplinks(node)],
        Warnings = [.. Warnings(node)],
        UptimeSeconds = Math.Round(time.GetElapsedTime(_started).TotalSeconds),
        Drops = (node?.Drops ?? new Dictionary<DropReason, long>()).ToDictionary(d => d.Key.ToString(), d => d.Value),
    };

    private RouterState State(NodeStatus? node) => node switch
    {
        _ when keys.Provider is null => RouterState.NotEnrolled,
        { IsRegistered: true, DirectionServer.IsUp: true } => RouterState.Online,
        _ => uplinks().Count == 0 ? RouterState.Offline : RouterState.Connecting,
    };

    private IEnumerable<Warning> Warnings(NodeStatus? node)
    {
        if (report.Message is { } damaged)
        {
            yield return new Warning("store-set-aside", damaged);
        }

        foreach (var problem in keys.Problems)
        {
            yield return new Warning("key-file", problem);
        }

        if (node is { IsRegistered: false, RegistrationResult: not "Accepted" })
        {
            yield return new Warning("registration-refused", $"The direction server refused the registration: {node.RegistrationResult}.");
        }
    }

    // All that are configured, up or not. The node measures the chosen one, which is the first that is up.
    private IEnumerable<UplinkStatus> Uplinks(NodeStatus? node)
    {
        var up = uplinks();
        return uplinkNames.Select(name => up.Where(u => u.Uplink.Name == name).ToList() is [var first, ..] watched
            ? Shown(watched, first == up[0] ? node : null)
            : Down(name));
    }

    private PortMappingStatus Mapping(IReadOnlyList<WatchedUplink> watched, NodeStatus? node)
    {
        if (mapper is null || Gateway(watched) is not { } gateway)
        {
            return new PortMappingStatus(mapper is null ? PortMappingState.Off : PortMappingState.None, null, null);
        }

        return mapper.Of(gateway) switch
        {
            ({ } open, _) => new PortMappingStatus(
                node?.OfferedMappings.Contains(open.Outside) == true ? PortMappingState.Open : PortMappingState.NotSeen, open.Protocol, open.Outside.ToString()),
            (null, true) => new PortMappingStatus(PortMappingState.None, null, null),
            (null, false) => new PortMappingStatus(PortMappingState.Asking, null, null),
        };
    }

    // Of the interface's ways out, the one by IPv4.
    private static GatewayLink? Gateway(IReadOnlyList<WatchedUplink> watched) => watched.Select(GatewayLink.Of).FirstOrDefault(g => g is not null);

    private UplinkStatus Down(string name) => new()
    {
        Name = name,
        Up = false,
        Address = null,
        Gateway = null,
        NatMapping = NatMapping.Unknown,
        NatFiltering = NatFiltering.Unknown,
        Mtu = 0,
        PublicEndpoint = null,
        PortMapping = Mapping([], null),
    };

    // One interface: what it is by IPv4, by IPv6 and by a NAT64.
    private UplinkStatus Shown(IReadOnlyList<WatchedUplink> watched, NodeStatus? node)
    {
        var seen = node?.DirectionServer?.Seen ?? default;
        var isNative = watched.Any(w => w.Uplink.Local == seen);
        return new UplinkStatus
        {
            Name = watched[0].Uplink.Name,
            Up = true,
            Address = Text(watched.FirstOrDefault(w => !w.Network.IsIpv6)),
            Address6 = Text(watched.FirstOrDefault(w => w.Network.IsIpv6)),
            Nat64 = watched.Select(w => w.Uplink.Nat64).FirstOrDefault(n => n is not null)?.ToString(),
            Gateway = watched[0].Network.Gateway?.ToString(),
            NatMapping = SnapshotMapper.Mapping(node?.NatMapping ?? "", isNative),
            NatFiltering = SnapshotMapper.Filtering(node?.NatFiltering ?? ""),
            Mtu = watched[0].Uplink.Mtu,
            PublicEndpoint = seen.IsNone ? null : seen.ToString(),
            PortMapping = Mapping(watched, node),
        };

        static string? Text(WatchedUplink? one) => one is null ? null : $"{one.Network.Address}/{one.Network.PrefixLength}";
    }

    private Peer Peer(VirtualLease lease, NodeStatus node)
    {
        var peer = node.Peers.FirstOrDefault(p => p.Name == lease.Peer);
        return new Peer($"{lease.Label}.{lease.Peer}", lease.Shown.ToString(), lease.LastUsed, peer is null ? null : SnapshotMapper.State(peer));
    }

    private static ControlError NotEnrolled() => ControlError.Conflict("this router is not enrolled yet: ntm enrol TOKEN");
}
