using NTMobile.Packets;

namespace NTMobile.RouterCore;

/// <summary>What the kernel said of a packet besides its bytes.</summary>
[Flags]
public enum PacketHints
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The transport checksum holds only the pseudo-header's sum; whoever sends the packet on must complete it.</summary>
    PartialChecksum = 1,

    /// <summary>Set by the router: it came as IPv6, and its source is what stands for the device's address.</summary>
    WasIpv6 = 2,

    /// <summary>The owner's policy sends it through a relay server; it must not leave in any other way.</summary>
    MustRelay = 4,

    /// <summary>The owner leaves it to the router whether it goes through a relay server.</summary>
    MayRelay = 8,

    /// <summary>From a published port of a device: it may answer an ordinary host that the relay server let in.</summary>
    MayAnswer = 16,
}

/// <summary>
/// A packet from the LAN, borrowed until the next Receive of its queue. At least <see cref="Headroom"/> bytes before
/// <see cref="Start"/> belong to the borrower too; the router overwrites both.
/// </summary>
public ref struct LanPacket
{
    /// <summary>Bytes that must be free before the packet.</summary>
    public const int Headroom = 64;

    /// <summary>Headroom and packet.</summary>
    public Span<byte> Buffer;

    /// <summary>Where the IP header begins, at least <see cref="Headroom"/>.</summary>
    public int Start;

    /// <summary>Bytes of the packet, up to 65,535.</summary>
    public int Length;

    /// <summary>What the kernel knows of it.</summary>
    public PacketHints Hints;

    /// <summary>The packet alone.</summary>
    public readonly Span<byte> Bytes => Buffer.Slice(Start, Length);
}

/// <summary>Datagrams of one sender that came in one piece (UDP GRO): all of one size but the last, which may be shorter.</summary>
public readonly ref struct ReceivedRun
{
    /// <summary>All datagrams behind one another; opened in place.</summary>
    public readonly Span<byte> Buffer;

    /// <summary>Bytes of each datagram but the last.</summary>
    public readonly int DatagramSize;

    /// <summary>The sender as the socket saw it.</summary>
    public readonly Endpoint From;

    /// <summary>The uplink's number (its interface index).</summary>
    public readonly int Uplink;

    /// <summary>ECN field of the outer header.</summary>
    public readonly byte Ecn;

    /// <summary>Describes received datagrams.</summary>
    public ReceivedRun(Span<byte> buffer, int datagramSize, in Endpoint from, int uplink, byte ecn)
    {
        Buffer = buffer;
        DatagramSize = datagramSize;
        From = from;
        Uplink = uplink;
        Ecn = ecn;
    }
}

/// <summary>Where a run of datagrams goes.</summary>
/// <param name="Uplink">The uplink's number.</param>
/// <param name="Remote">Peer or relay.</param>
/// <param name="Ecn">ECN field for the outer header (RFC 6040 §4.1, normal mode: that of the inner one).</param>
public readonly record struct PathTarget(int Uplink, Endpoint Remote, byte Ecn);

/// <summary>Where sealed datagrams and translated packets go: sockets in the daemon, memory in tests. One thread at a time.</summary>
public interface IDatagramSink
{
    /// <summary>Room for datagrams to one target.</summary>
    /// <param name="to">Where they go.</param>
    /// <param name="datagramSize">Bytes of each but the last, which may be shorter.</param>
    /// <param name="count">How many there are, at least 1.</param>
    /// <returns>Room for the first of them, at least one and at most all; or nothing: backpressure. The others come in runs of their own.</returns>
    Span<byte> BeginRun(in PathTarget to, int datagramSize, int count);

    /// <summary>Hands over what was written into the room. What is lost from here on, the sink counts.</summary>
    /// <param name="bytes">Bytes of all datagrams.</param>
    void EndRun(int bytes);

    /// <summary>Room for a whole IPv4 packet, which goes out as it is.</summary>
    /// <param name="uplink">The uplink's number.</param>
    /// <param name="length">Bytes of the packet.</param>
    /// <returns>Exactly so much room, or nothing: backpressure.</returns>
    Span<byte> BeginPacket(int uplink, int length);

    /// <summary>Hands over the packet that was written into the room; without it the room is forgotten. What is lost from here on, the sink counts.</summary>
    void EndPacket();
}

/// <summary>What the kernel still has to do with a frame written to the LAN (virtio 1.2 §5.1.6).</summary>
/// <param name="ChecksumStart">Where the checksummed part begins, or 0: nothing to complete.</param>
/// <param name="ChecksumOffset">Where the checksum stands, from there.</param>
/// <param name="SegmentSize">Payload bytes of each TCP segment or UDP datagram to cut, or 0: it is one.</param>
/// <param name="HeaderLength">Bytes of IP and transport header, when it is to be cut.</param>
public readonly record struct Offload(int ChecksumStart, int ChecksumOffset, int SegmentSize, int HeaderLength);

/// <summary>Where packets for LAN devices go: a TUN device in the daemon, memory in tests. Some frames may be open at the same time, each known by its number.</summary>
public interface ILanSink
{
    /// <summary>How many frames may be open at one time.</summary>
    const int Frames = 8;

    /// <summary>Whether a frame may be a run of UDP datagrams (<see cref="Offload.SegmentSize"/>).</summary>
    bool TakesDatagramRuns { get; }

    /// <summary>Room for the rebuilt headers of a frame, at least 128 bytes.</summary>
    /// <param name="frame">0 to <see cref="Frames"/> - 1.</param>
    Span<byte> Header(int frame);

    /// <summary>Opens a frame whose payload will be slices of this run.</summary>
    void BeginFrame(int frame, in ReceivedRun run);

    /// <summary>Adds a slice of the run's buffer to a frame's payload.</summary>
    void Append(int frame, int offset, int length);

    /// <summary>Sends a frame.</summary>
    /// <param name="frame">Its number.</param>
    /// <param name="headerLength">Bytes used of <see cref="Header"/>.</param>
    /// <param name="offload">What the kernel still has to do.</param>
    void EndFrame(int frame, int headerLength, in Offload offload);
}
