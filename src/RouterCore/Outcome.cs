namespace NTMobile.RouterCore;

/// <summary>What becomes of a packet that the LAN's side gave to <see cref="Router"/>.</summary>
public enum Fate
{
    /// <summary>The router took it: tunnelled, answered or kept. The queue's slot is free.</summary>
    Consumed,

    /// <summary>None of the router's business: it goes on its ordinary way.</summary>
    Accept,

    /// <summary>Its path opens within some milliseconds: to be given again then, unchanged. Only where <see cref="LoopState.WaitsForPaths"/>.</summary>
    Later,

    /// <summary>Dropped for the reason that stands beside.</summary>
    Drop,
}

/// <summary>Why a packet or datagram was dropped. Each has a counter of its own, shown by <c>ntm status</c>.</summary>
public enum DropReason
{
    /// <summary>Not dropped.</summary>
    None,

    /// <summary>The packet is no whole IP packet, or its transport header is malformed.</summary>
    MalformedPacket,

    /// <summary>TTL ran out at this router.</summary>
    TimeToLiveExceeded,

    /// <summary>A virtual address that this router has given to nobody.</summary>
    UnknownVirtualAddress,

    /// <summary>Too big for the path and not to be cut.</summary>
    TooBig,

    /// <summary>The transport checksum of a packet that had to be recut is wrong.</summary>
    BadChecksum,

    /// <summary>The session has no path now.</summary>
    NoPath,

    /// <summary>The send buffer of the uplink was full for too long (counted in datagrams), or the unvalidated path's budget is spent.</summary>
    Backpressure,

    /// <summary>Lost on purpose, so that its sender slows down: packets stood before a full uplink for too long (CoDel, RFC 8289).</summary>
    StandingQueue,

    /// <summary>Held packets beyond the bound of the staging ring.</summary>
    StagingFull,

    /// <summary>Datagram shorter than its header.</summary>
    Truncated,

    /// <summary>First byte of no known datagram.</summary>
    UnknownType,

    /// <summary>Path id that names nothing here.</summary>
    UnknownPath,

    /// <summary>Key epoch that is not (or no longer) known.</summary>
    UnknownEpoch,

    /// <summary>Counter seen before or too old.</summary>
    Replayed,

    /// <summary>Authentication failed.</summary>
    Forged,

    /// <summary>Flow context that was not accepted here.</summary>
    UnknownContext,

    /// <summary>Flags, lengths or headers inside a sealed datagram make no sense.</summary>
    MalformedContent,

    /// <summary>A packet came in parts, and some of them did not come before newer packets took its place.</summary>
    PartsMissing,

    /// <summary>The device or port is not shared and the packet answers nothing.</summary>
    NotShared,

    /// <summary>Frames inside a sealed datagram are malformed.</summary>
    MalformedFrame,

    /// <summary>A handshake that belongs to no attempt known here.</summary>
    UnknownHandshake,

    /// <summary>A handshake that did not authenticate.</summary>
    RefusedHandshake,

    /// <summary>A STUN message that answers no question of ours.</summary>
    UnknownStun,

    /// <summary>The mailbox of the control loop is full.</summary>
    ControlBusy,

    /// <summary>The tunnel marked the packet as congested, but its sender does not understand ECN (RFC 6040 §4.2).</summary>
    CongestionMarked,

    /// <summary>From or to the router's own address on the LAN: tunnels are for devices.</summary>
    OwnAddress,

    /// <summary>A datagram of a server that was seen before, damaged, or malformed inside.</summary>
    BadServerDatagram,

    /// <summary>The kernel's queue towards the router was full: devices sent faster than the router takes.</summary>
    QueueFull,

    /// <summary>The uplink's receive buffer was full: peers sent faster than the router takes. Counted in datagrams or runs of them.</summary>
    ReceiveBufferFull,

    /// <summary>The kernel did not take a frame for the LAN.</summary>
    LanRefused,

    /// <summary>The other IP version has nothing like it (RFC 7915): a message of neighbour discovery, a fragment of a ping.</summary>
    NotTranslatable,

    /// <summary>The policy sends the packet through a relay server, but none takes it now.</summary>
    NoEgress,

    /// <summary>A packet from an ordinary host that answers nothing which a device sent, and is for no published port.</summary>
    NotAsked,

    /// <summary>From an ordinary IPv6 host for which no virtual address is free: many come from its network at one time.</summary>
    OutsideHostsFull,

    /// <summary>From a port that is published no more, to an ordinary host that had begun before; or to one that stands at a virtual address and did not begin.</summary>
    NotPublished,

    /// <summary>A translated packet that was changed on the way, or was never protected.</summary>
    TranslationForged,

    /// <summary>A translated packet from elsewhere than its flow's other end.</summary>
    TranslatedElsewhere,
}

/// <summary>Fate of a packet and, if it was dropped, the reason.</summary>
/// <param name="Fate">What became of it.</param>
/// <param name="Reason">Why it was dropped, or <see cref="DropReason.None"/>.</param>
public readonly record struct Outcome(Fate Fate, DropReason Reason)
{
    /// <summary>The router took the packet.</summary>
    public static readonly Outcome Consumed = new(Fate.Consumed, DropReason.None);

    /// <summary>The packet goes on its ordinary way.</summary>
    public static readonly Outcome Accept = new(Fate.Accept, DropReason.None);

    /// <summary>The packet is to be given again in a moment.</summary>
    public static readonly Outcome Later = new(Fate.Later, DropReason.None);

    /// <summary>Dropped.</summary>
    public static Outcome Drop(DropReason reason) => new(Fate.Drop, reason);
}
