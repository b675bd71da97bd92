using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;

namespace NTMobile.RouterCore.Translation;

/// <summary>
/// A pair of devices, one on this LAN and one behind a peer, inside a session: what the two bytes <i>context</i> on the wire
/// stand for. Control loop writes; packet loops read.
/// </summary>
internal sealed class FlowContext
{
    private const int JustOpenedMs = 1000;

    public FlowContext(
        PeerSession session, ushort id, LanDevice local, uint virtualAddress, string remoteLabel, SharedPorts shared,
        FlowTable? flows = null, Ipv6Pair? ipv6 = null)
    {
        Flows = flows ?? new FlowTable();
        Session = session;
        Id = id;
        Local = local;
        Virtual = virtualAddress;
        RemoteLabel = remoteLabel;
        _shared = shared;
        OutDelta = Checksum.Fold((uint)Checksum.Delta(local.Address, 0) + Checksum.Delta(virtualAddress, 0));
        Ipv6 = ipv6;
        InDelta = ipv6 is null
            ? Checksum.Fold((uint)Checksum.Delta(0, local.Address) + Checksum.Delta(0, virtualAddress))
            : Checksum.PseudoHeader(ipv6.Local, ipv6.Virtual, 0, 0);
    }

    private volatile SharedPorts _shared;
    private volatile bool _accepted;
    private volatile bool _isClosed;
    private long _openedMs = -JustOpenedMs;

    public PeerSession Session { get; }

    /// <summary>Number on the wire; even when the session's initiator installed it, odd otherwise.</summary>
    public ushort Id { get; }

    /// <summary>The device on this LAN.</summary>
    public LanDevice Local { get; }

    /// <summary>The address under which this LAN knows the peer's device.</summary>
    public uint Virtual { get; }

    /// <summary>The addresses that the LAN sees, if the device speaks IPv6; those of IPv4 only stand for them then.</summary>
    public Ipv6Pair? Ipv6 { get; }

    /// <summary>The peer's device, <see cref="RemoteName"/> under the peer's name.</summary>
    public string RemoteLabel { get; }

    /// <summary>Moves a checksum from this LAN's addresses to 0.0.0.0 and 0.0.0.0.</summary>
    public ushort OutDelta { get; }

    /// <summary>Moves a checksum from there to the addresses that the LAN sees.</summary>
    public ushort InDelta { get; }

    /// <summary>Flows that went out.</summary>
    public FlowTable Flows { get; }

    /// <summary>What of <see cref="Local"/> the peer may start towards.</summary>
    public SharedPorts Shared
    {
        get => _shared;
        set => _shared = value;
    }

    /// <summary>Whether both ends hold the context, so that packets may flow.</summary>
    public bool Accepted
    {
        get => _accepted;
        set => _accepted = value;
    }

    /// <summary>
    /// Whether packets of devices have to wait: those that waited for the session, the context or the path go first, and on a quicker path they would
    /// overtake what is still under way on the slower one.
    /// </summary>
    public bool IsClosed => _isClosed;

    /// <summary>Whether <see cref="Open"/> was a moment ago.</summary>
    public bool WasJustOpened(long nowMs) => nowMs - _openedMs < JustOpenedMs;

    /// <summary>From now on packets wait. Before a path is published on which they would be too early.</summary>
    public void Close() => _isClosed = true;

    /// <summary>What waited has been sent.</summary>
    public void Open(long nowMs)
    {
        _openedMs = nowMs;
        _isClosed = false;
    }

    private PublishedTable<Lane>? _lanes;

    /// <summary>The lane on which a flow's packets travel without the tunnel; null: it has none.</summary>
    public Lane? Lane(byte protocol, ushort devicePort, ushort peerPort) =>
        Volatile.Read(ref _lanes)?.Find(Sessions.Lane.FlowKey(protocol, devicePort, peerPort));

    /// <summary>Gives a flow a lane, or takes it away. Control loop only.</summary>
    public void SetLane(in LaneTerms terms, Lane? lane)
    {
        if (_lanes is null)
        {
            Volatile.Write(ref _lanes, new PublishedTable<Lane>());
        }

        _lanes!.Set(Sessions.Lane.FlowKey(terms.Protocol, terms.DevicePort, terms.PeerPort), lane);
    }

    /// <summary>Second of the last packet in either direction; written by packet loops.</summary>
    public uint LastUsedSecond;

    private uint _toldSizeSecond = uint.MaxValue;

    /// <summary>Whether the device may be told again which size fits: once a second.</summary>
    public bool MayTellSize(uint second) => Interlocked.Exchange(ref _toldSizeSecond, second) != second;

    /// <summary>Fetches what a packet to the peer will need, without waiting for it.</summary>
    public void FetchForSending(SendPath path)
    {
        CacheLines.Fetch(path, 128);
        Session.Secure.FetchForSealing();
        CacheLines.Fetch(Session.Counters, 80);
        Flows.Fetch();
    }

    /// <summary>Key of the outbound table: the addresses that a LAN packet bears.</summary>
    public static ulong OutboundKey(uint device, uint virtualAddress) => ((ulong)device << 32) | virtualAddress;

    /// <summary>Whether a packet of the peer may go on to the device.</summary>
    public bool Admits(byte protocol, ushort localPort, ushort remotePort, uint second) =>
        Shared.Permits(protocol, localPort) || Flows.Answers(protocol, localPort, remotePort, second);
}
