using NTMobile.Packets;
using NTMobile.RouterCore.Peers;
using NTMobile.RouterCore.Servers;

namespace NTMobile.RouterCore;

public sealed partial class Node
{
    private NodeStatus Snapshot() => new(
        [.. _peers.All.Select(Status)],
        _peers.Directions.Server is { } server ? Status(server) : null,
        _peers.Directions.IsRegistered,
        _peers.Directions.LastResult.ToString(),
        [.. _peers.Relays.Connections.Select(Status)],
        _peers.Directions.Mapping.ToString(),
        _peers.Directions.Filtering.ToString(),
        [.. _peers.Directions.OfferedMappings],
        [.. _leases.All],
        [.. _names.Refusals.Select(r => new RefusalStatus(r.At, r.Name, r.Device, r.Outcome.ToString()))],
        Router.Drops.Snapshot(),
        _egress.Status(),
        [.. _context.Publishing.Status()]);

    private static ServerStatus Status(ServerConnection server) => new(server.Remote, server.IsUp, server.RoundTripMs, server.Seen);

    private PeerStatus Status(Peer peer)
    {
        var session = peer.Link?.Session;
        var path = peer.Link?.ActivePath;
        var counters = session?.Counters;
        return new PeerStatus(
            peer.Name,
            peer.State,
            peer.Link?.Group.Name,
            session?.Secure.Suite.ToString(),
            peer.Link?.Epoch ?? 0,
            peer.Link is { } link ? (NowMs - link.EstablishedMs) / 1000 : 0,
            path is null ? null : new PathStatus(path.IsRelay, path.Uplink.Name, path.Remote, path.RoundTripMs, path.MaximumDatagram + path.Uplink.HeaderLength),
            counters is null ? 0 : counters.PacketsIn + counters.TranslatedIn,
            counters is null ? 0 : counters.PacketsOut + counters.TranslatedOut,
            counters is null ? 0 : counters.BytesIn + counters.TranslatedBytesIn,
            counters is null ? 0 : counters.BytesOut + counters.TranslatedBytesOut,
            [.. (session?.Contexts ?? []).Select(c => new ContextStatus(c.Local.Label, RemoteName.Label(c.RemoteLabel), c.Virtual))],
            [.. peer.Link?.Moves ?? []],
            new TranslationStatus(
                peer.Link?.Translator?.Words ?? "", peer.Link?.Translator?.OpenLanes ?? 0, counters?.TranslatedIn ?? 0, counters?.TranslatedOut ?? 0));
    }
}

/// <summary>What a node knows at one moment, for people and programs.</summary>
/// <param name="Peers">All peers met since the start.</param>
/// <param name="DirectionServer">The DS, if one is configured.</param>
/// <param name="IsRegistered">Whether the DS accepted us.</param>
/// <param name="RegistrationResult">What it said last.</param>
/// <param name="Relays">The relays known.</param>
/// <param name="NatMapping">How the NAT in front maps, as far as known.</param>
/// <param name="NatFiltering">Whom it lets in, as far as known.</param>
/// <param name="OfferedMappings">Where gateways map us to by their own protocols, as far as peers are told.</param>
/// <param name="Leases">Virtual addresses given out.</param>
/// <param name="Refusals">The last refusals, oldest first.</param>
/// <param name="Drops">Why packets were dropped, and how many.</param>
/// <param name="Egress">The way to ordinary hosts through a relay server.</param>
/// <param name="Published">Devices that the owner publishes.</param>
public sealed record NodeStatus(
    IReadOnlyList<PeerStatus> Peers,
    ServerStatus? DirectionServer,
    bool IsRegistered,
    string RegistrationResult,
    IReadOnlyList<ServerStatus> Relays,
    string NatMapping,
    string NatFiltering,
    IReadOnlyList<Endpoint> OfferedMappings,
    IReadOnlyList<VirtualLease> Leases,
    IReadOnlyList<RefusalStatus> Refusals,
    IReadOnlyDictionary<DropReason, long> Drops,
    EgressStatus Egress,
    IReadOnlyList<PublishStatus> Published);

/// <summary>The way to ordinary hosts through a relay server.</summary>
/// <param name="Server">Where that is; null: none takes packets now.</param>
/// <param name="Mtu">Largest IPv4 packet that the way carries for devices, or 0.</param>
/// <param name="RelaysByItself">Whether flows that are left to the router go there now.</param>
/// <param name="PacketsOut">Packets of devices that went there under the present keys.</param>
/// <param name="PacketsIn">Packets that came back.</param>
public sealed record EgressStatus(Endpoint? Server, int Mtu, bool RelaysByItself, long PacketsOut, long PacketsIn);

/// <summary>A server as the node sees it.</summary>
/// <param name="Endpoint">Where it is; over TCP where UDP does not come through.</param>
/// <param name="IsUp">Whether it answers.</param>
/// <param name="RoundTripMs">Last round trip, or -1.</param>
/// <param name="Seen">Our address as it sees it.</param>
public sealed record ServerStatus(Endpoint Endpoint, bool IsUp, int RoundTripMs, Endpoint Seen);

/// <summary>A peer and the session with it.</summary>
/// <param name="Name">Its node name.</param>
/// <param name="State">In words.</param>
/// <param name="Group">Name of the common group.</param>
/// <param name="Cipher">Cipher of the data.</param>
/// <param name="Epoch">Key changes so far, modulo 256.</param>
/// <param name="EstablishedSeconds">Age of the session.</param>
/// <param name="Path">Where data goes now.</param>
/// <param name="PacketsIn">Data packets from the peer.</param>
/// <param name="PacketsOut">Data packets to it.</param>
/// <param name="BytesIn">Inner bytes from it.</param>
/// <param name="BytesOut">Inner bytes to it.</param>
/// <param name="Contexts">Pairs of devices that talk.</param>
/// <param name="Moves">The last moves, oldest first.</param>
/// <param name="Translation">What travels without the tunnel.</param>
public sealed record PeerStatus(
    string Name,
    string State,
    string? Group,
    string? Cipher,
    byte Epoch,
    long EstablishedSeconds,
    PathStatus? Path,
    long PacketsIn,
    long PacketsOut,
    long BytesIn,
    long BytesOut,
    IReadOnlyList<ContextStatus> Contexts,
    IReadOnlyList<MoveRecord> Moves,
    TranslationStatus Translation);

/// <summary>What of a session travels without the tunnel.</summary>
/// <param name="Kind"><c>pccom</c> or <c>plain</c>; empty: nothing now.</param>
/// <param name="Flows">Flows that do.</param>
/// <param name="PacketsIn">Packets from the peer that did; among all.</param>
/// <param name="PacketsOut">Packets to it.</param>
public sealed record TranslationStatus(string Kind, int Flows, long PacketsIn, long PacketsOut);

/// <summary>A path in use.</summary>
/// <param name="IsRelay">Through a relay.</param>
/// <param name="Uplink">Our uplink.</param>
/// <param name="Remote">The peer's or the relay's endpoint.</param>
/// <param name="RoundTripMs">Round trip, or -1.</param>
/// <param name="Mtu">Largest IP packet that it carries.</param>
public sealed record PathStatus(bool IsRelay, string Uplink, Endpoint Remote, int RoundTripMs, int Mtu);

/// <summary>A pair of devices in a session.</summary>
/// <param name="LocalDevice">Label of ours.</param>
/// <param name="RemoteDevice">Label of the peer's.</param>
/// <param name="VirtualAddress">The peer's device as our LAN knows it.</param>
public sealed record ContextStatus(string LocalDevice, string RemoteDevice, uint VirtualAddress);

/// <summary>A device could not get what it asked for.</summary>
/// <param name="At">When.</param>
/// <param name="Name">What it asked for; or a peer of no common group that asked for us.</param>
/// <param name="Device">The asking device; empty: a peer asked.</param>
/// <param name="Reason">Why not.</param>
public sealed record RefusalStatus(DateTimeOffset At, string Name, string Device, string Reason);
