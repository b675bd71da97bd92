using NTMobile.Control;
using NTMobile.RouterCore;

namespace NTMobile.RouterDaemon.Service;

/// <summary>Puts what the node knows into the words of the local API.</summary>
internal static class SnapshotMapper
{
    public static Session Session(PeerStatus peer) => new()
    {
        Peer = peer.Name,
        Group = peer.Group ?? "",
        State = State(peer),
        Cipher = Cipher(peer.Cipher),
        Epoch = peer.Epoch,
        EstablishedSeconds = peer.EstablishedSeconds,
        Path = peer.Path is { } path ? Path(path) : null,
        BytesIn = peer.BytesIn,
        BytesOut = peer.BytesOut,
        PacketsIn = peer.PacketsIn,
        PacketsOut = peer.PacketsOut,
        Translation = peer.Translation is { Kind: "", PacketsIn: 0, PacketsOut: 0 } ? null : Translation(peer.Translation),
        Contexts = [.. peer.Contexts.Select(c => new SessionContext(c.LocalDevice, $"{c.RemoteDevice}.{peer.Name}", Ipv4(c.VirtualAddress)))],
        Moves = [.. peer.Moves.Select(m => new Move(m.At, m.Cause, m.GapMs, m.Lost, m.From, m.To)).Reverse()], // the newest first
    };

    private static SessionTranslation Translation(TranslationStatus status) => new(
        status.Kind switch { "pccom" => TranslationKind.Pccom, "plain" => TranslationKind.Plain, _ => TranslationKind.None },
        status.Flows, status.PacketsIn, status.PacketsOut);

    public static SessionState State(PeerStatus peer) => peer.State switch
    {
        "connected" => SessionState.Established,
        "searching a path" => SessionState.Moving,
        "setting up" => SessionState.Handshaking,
        "asking for a route" => SessionState.Directing,
        _ => SessionState.Closed,
    };

    public static SessionPath Path(PathStatus path) => new(
        path.IsRelay ? PathKind.Relay : PathKind.Direct, path.Uplink, path.Remote.ToString(), RoundTrip(path.RoundTripMs), path.Mtu);

    public static Refusal Refusal(RefusalStatus refusal) => new(refusal.At, refusal.Name, refusal.Device, refusal.Reason switch
    {
        "NoCommonGroup" => RefusalReasons.NoCommonGroup,
        "NoSuchName" => RefusalReasons.NoSuchName,
        "NotRegistered" => RefusalReasons.NotRegistered,
        "NotShared" => RefusalReasons.NotShared,
        "TooMany" => RefusalReasons.TooManyRequests,
        _ => RefusalReasons.NoAnswer,
    });

    private static string Cipher(string? suite) => suite switch
    {
        "Aes256Gcm" => "AES-256-GCM",
        "ChaCha20Poly1305" => "ChaCha20-Poly1305",
        _ => suite ?? "",
    };

    public static double? RoundTrip(int milliseconds) => milliseconds < 0 ? null : milliseconds;

    public static string Ipv4(uint address) => Endpoint.FromIpv4(address, 0).ToIPAddress().ToString();

    public static string Ipv6(UInt128 address) => Endpoint.FromIpv6(address, 0).ToIPAddress().ToString();

    /// <summary>What stands in front of an uplink, as far as the servers show it.</summary>
    /// <param name="mapping">The node's word for it.</param>
    /// <param name="isNative">Whether the servers see an address of the uplink's own.</param>
    public static NatMapping Mapping(string mapping, bool isNative) => mapping switch
    {
        "EndpointIndependent" when isNative => NatMapping.None,
        "EndpointIndependent" => NatMapping.EndpointIndependent,
        "EndpointDependent" => NatMapping.EndpointDependent,
        _ => NatMapping.Unknown,
    };

    /// <summary>Whom what stands in front of an uplink lets in.</summary>
    public static NatFiltering Filtering(string filtering) => filtering switch
    {
        "EndpointIndependent" => NatFiltering.EndpointIndependent,
        "AddressDependent" => NatFiltering.AddressDependent,
        "AddressAndPortDependent" => NatFiltering.AddressAndPortDependent,
        _ => NatFiltering.Unknown,
    };
}
