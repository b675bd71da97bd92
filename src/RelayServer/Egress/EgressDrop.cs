namespace NTMobile.RelayServer.Egress;

/// <summary>Why a packet between a device and an ordinary host went no further.</summary>
public enum EgressDrop
{
    /// <summary>From an address that is not the validated source of the node's session, or the node has no session now.</summary>
    EgressWrongSource,

    /// <summary>Forged, damaged or replayed.</summary>
    EgressNotOpened,

    /// <summary>No IP packet, or a header that makes no sense.</summary>
    EgressMalformed,

    /// <summary>Of IPv6: to an address or port that is not published, or from one.</summary>
    EgressNotPublished,

    /// <summary>All addresses of the pool are in use.</summary>
    EgressPoolEmpty,

    /// <summary>To an address of the pool that no device has now.</summary>
    EgressUnknownDevice,

    /// <summary>The node sent or was sent more than its share.</summary>
    EgressOverQuota,

    /// <summary>Longer than the way to the node carries, and not to be cut; the sender was told.</summary>
    EgressTooBig,

    /// <summary>Congestion was marked on the way, but the packet's sender does not understand ECN (RFC 6040 §4.2).</summary>
    EgressCongestionMarked,
}
