using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;

namespace NTMobile.RouterCore;

/// <summary>Something the node must know. Events are small objects of the control path; packet loops make them only for what is not ordinary data.</summary>
public abstract record NodeEvent
{
    /// <summary>The packet loop that waits until this has been handled, before packets may overtake it; null: none does.</summary>
    internal LoopState? GivenBy { get; init; }
}

/// <summary>Time has passed.</summary>
public sealed record Tick : NodeEvent
{
    /// <summary>The only one.</summary>
    public static readonly Tick Instance = new();
}

/// <summary>The uplinks as they are now; replaces what was known.</summary>
/// <param name="Uplinks">All uplinks with an address, the preferred one first.</param>
public sealed record UplinksChanged(IReadOnlyList<Uplink> Uplinks) : NodeEvent;

/// <summary>Where gateways map the uplinks' sockets to by their own protocols (PCP, NAT-PMP, UPnP); replaces what was known.</summary>
/// <param name="Outside">Outer endpoints.</param>
public sealed record PortMappingsChanged(IReadOnlyList<Endpoint> Outside) : NodeEvent;

/// <summary>The provider has issued another certificate for the same keys. Sessions go on.</summary>
/// <param name="Certificate">DER.</param>
public sealed record CertificateRenewed(byte[] Certificate) : NodeEvent;

/// <summary>An uplink that can carry packets: an interface's addresses of one IP version. Where an interface has IPv6 alone and a NAT64 stands in front,
/// it is an uplink of IPv4 too, which sends by IPv6.</summary>
/// <param name="Number">The number of its socket, the same for as long as that stays; of a further socket (<see cref="IActions.OpenSockets"/>) one of its own.</param>
/// <param name="Name">Its interface name.</param>
/// <param name="Local">Its own address and the port of the tunnel's socket; with a NAT64 an address that stands for none (<see cref="BehindNat64"/>).</param>
/// <param name="Mtu">Largest IP packet, in bytes.</param>
public sealed record Uplink(int Number, string Name, Endpoint Local, int Mtu)
{
    /// <summary>The IPv4 address of uplinks that have none, since a NAT64 stands in front (RFC 7335: of a host that uses IPv4 through one).</summary>
    public const uint BehindNat64 = 0xC000_0002;

    private const int UdpHeader = 8;
    private const int Ipv4Header = 20;
    private const int Ipv6Header = 40;

    /// <summary>The uplink that it belongs to: its own number, but for a further socket of an uplink.</summary>
    public int Owner { get; init; } = Number;

    /// <summary>The NAT64 that its datagrams go through; null: there is none.</summary>
    public Nat64Prefix? Nat64 { get; init; }

    /// <summary>Bytes of IP and UDP header of what it sends.</summary>
    public int HeaderLength => UdpHeader + (Local.IsIpv4 && Nat64 is null ? Ipv4Header : Ipv6Header);
}

/// <summary>A handshake datagram or one for a server link: raw.</summary>
internal sealed record DatagramReceived(int Uplink, Endpoint From, byte[] Datagram, ReceivePath? Path) : NodeEvent;

/// <summary>Frames that a peer sealed.</summary>
internal sealed record FramesReceived(PeerSession Session, int Uplink, Endpoint From, int DatagramSize, byte[] Frames) : NodeEvent;

/// <summary>An authenticated packet came from a source that the session did not know.</summary>
internal sealed record SourceObserved(PeerSession Session, int Uplink, Endpoint From) : NodeEvent;

/// <summary>A packet of a LAN device that cannot go on yet: no context, or the path's size is not known.</summary>
internal sealed record PacketHeld(byte[] Packet, PacketHints Hints) : NodeEvent;

/// <summary>An IPv6 packet of a LAN device for whose addresses nothing stands yet.</summary>
internal sealed record Ipv6Held(byte[] Packet, PacketHints Hints) : NodeEvent;

/// <summary>The router's own IPv6 addresses on the LAN as they are now, the one to speak with first; none: the LAN has no IPv6.</summary>
/// <param name="Addresses">Global and unique local addresses.</param>
public sealed record LanIpv6Changed(IReadOnlyList<UInt128> Addresses) : NodeEvent;

/// <summary>A LAN device's DNS query for a name in an NTM zone: the whole IP packet.</summary>
internal sealed record DnsQueried(byte[] Packet) : NodeEvent;

/// <summary>A datagram was larger than the uplink or path lets through (EMSGSIZE).</summary>
/// <param name="Uplink">The uplink's number.</param>
/// <param name="Remote">Where it was to go.</param>
/// <param name="Size">Its UDP payload in bytes.</param>
public sealed record DatagramTooBig(int Uplink, Endpoint Remote, int Size) : NodeEvent;

/// <summary>What the owner lets this router translate; replaces what was known.</summary>
/// <param name="Mode">How, or <see cref="Wire.Frames.TranslationMode.Tunnel"/>: not at all.</param>
/// <param name="FirstPort">The first of the ports at which translated packets may come in.</param>
/// <param name="Ports">How many; each session needs <see cref="Wire.Frames.TranslationOffer.Ports"/>.</param>
public sealed record TranslationConfigured(Wire.Frames.TranslationMode Mode, int FirstPort, int Ports) : NodeEvent;

/// <summary>A flow sends so much that it should have a lane.</summary>
internal sealed record LaneWanted(Translation.FlowContext Context, byte Protocol, ushort DevicePort, ushort PeerPort) : NodeEvent;

/// <summary>What begins like a probe came in on a lane.</summary>
internal sealed record ProbeReceived(Lane Lane, Endpoint From, byte[] Payload) : NodeEvent;

/// <summary>A LAN device must be told by ICMP why its packet went no further (RFC 792, RFC 1191).</summary>
internal sealed record IcmpNeeded(byte[] Packet, byte Type, byte Code, int Mtu) : NodeEvent;

/// <summary>The devices of this LAN and what is shared of them; replaces what was known.</summary>
/// <param name="Devices">All devices with an address.</param>
public sealed record DevicesChanged(IReadOnlyList<Names.SharedDevice> Devices) : NodeEvent;

/// <summary>The groups this node is in; replaces what was known.</summary>
/// <param name="Groups">All memberships.</param>
public sealed record GroupsChanged(IReadOnlyList<Security.Identity.GroupMembership> Groups) : NodeEvent;

/// <summary>What the store kept of virtual addresses; comes first.</summary>
/// <param name="Leases">All leases.</param>
public sealed record LeasesLoaded(IReadOnlyList<VirtualLease> Leases) : NodeEvent;

/// <summary>Whether the owner's policy may send packets through a relay server; replaces what was known.</summary>
/// <param name="Wanted">False: no relay server is asked for it.</param>
public sealed record EgressWanted(bool Wanted) : NodeEvent;

/// <summary>Somebody wants to know how far a peer is.</summary>
/// <param name="Name">A router's name, or that of a device behind it.</param>
/// <param name="Answer">Called once, from the node's thread, when the answer or the failure is known. The caller keeps the time-out.</param>
public sealed record PingRequested(string Name, Action<PingAnswer> Answer) : NodeEvent;

/// <summary>Answer to a ping.</summary>
/// <param name="RoundTripMs">Milliseconds, or -1.</param>
/// <param name="Path">The path it came back on, in words.</param>
/// <param name="Failure">Why there is none; null: there is.</param>
public sealed record PingAnswer(int RoundTripMs, string Path, string? Failure);

/// <summary>Somebody wants to know the state.</summary>
/// <param name="Answer">Called once, from the node's thread.</param>
public sealed record StatusRequested(Action<NodeStatus> Answer) : NodeEvent;

/// <summary>The service is about to end: peers are told.</summary>
public sealed record Stopping : NodeEvent;
