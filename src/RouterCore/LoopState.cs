using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.RouterCore.Tunnel;

namespace NTMobile.RouterCore;

/// <summary>What one packet loop keeps between packets; never shared between threads.</summary>
public sealed class LoopState
{
    /// <summary>Milliseconds of the node's clock, set by the loop once per batch.</summary>
    public long NowMs { get; set; }

    /// <summary>Whether the loop gives a packet again later when its path opens in a moment; else the node keeps it.</summary>
    public bool WaitsForPaths { get; set; }

    /// <summary>
    /// Whether a sender is to slow down, since packets stand before a full uplink. The router marks or loses the next large packet that goes to a peer, and
    /// clears this.
    /// </summary>
    public bool SlowsSender { get; set; }

    /// <summary>Whether the packets are those that waited at the node: they go before all others.</summary>
    public bool HaveWaited { get; set; }

    /// <summary>
    /// Whether packets that this loop gave to the node have not gone on yet. What follows them into a session or context that has just become ready must not
    /// overtake them.
    /// </summary>
    public bool HasGiven => Volatile.Read(ref _given) != 0;

    private int _given;

    /// <summary>A packet goes to the node.</summary>
    internal void Give() => Interlocked.Increment(ref _given);

    /// <summary>A packet that was given to the node has gone on, or waits for good, or is lost.</summary>
    public void HasGone() => Interlocked.Decrement(ref _given);

    internal uint NowSecond => (uint)(NowMs / 1000);

    internal FrameJoiner Joiner { get; } = new();

    internal Reassembler Reassembler => _reassembler ??= new();

    internal StandInCache StandIns { get; } = new();

    /// <summary>Flows that would be worth a lane; only a loop that serves a session with a translated path has any.</summary>
    internal FlowWishes Wishes => _wishes ??= new();

    private FlowWishes? _wishes;

    /// <summary>Room for an ICMPv6 error under construction; it stays where it is, as the frames' payload must.</summary>
    internal Span<byte> IcmpRoom => _icmpRoom ??= GC.AllocateUninitializedArray<byte>(Packets.Icmpv6.LongestError, pinned: true);

    private byte[]? _icmpRoom;
    private uint _fragmentId;

    /// <summary>Identification for a packet that goes to the LAN in IPv6 fragments.</summary>
    internal uint NextFragmentId() => ++_fragmentId;

    private Reassembler? _reassembler; // only the receive thread of a router to which something came in parts

    // The last look-up of the path table: packets of one run nearly always share it.
    internal int CachedPath = -1;
    internal int CachedVersion;
    internal ReceivePath? CachedTarget;

    // Whose packet was the last one: what the next of the same needs is near.
    internal FlowContext? LastSent;
    internal PeerSession? LastReceived;
}
