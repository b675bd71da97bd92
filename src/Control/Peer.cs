namespace NTMobile.Control;

/// <summary>GET /api/peers: a remote device that this LAN has talked to or that talked to it.</summary>
/// <param name="Name">Name in full (<c>nas.home.example.net</c>).</param>
/// <param name="VirtualAddress">Address under which this LAN sees it, for good.</param>
/// <param name="LastUsed">When it was last used; null when never since the store began.</param>
/// <param name="SessionState">State of the session with its router; null when there is none.</param>
public sealed record Peer(string Name, string VirtualAddress, DateTimeOffset? LastUsed, SessionState? SessionState);

/// <summary>GET /api/refusals: somebody was told no.</summary>
/// <param name="At">When, by this router's clock.</param>
/// <param name="Name">Name in full that was asked for, or the peer that asked.</param>
/// <param name="Device">Label or address of the device here; empty when unknown.</param>
/// <param name="Reason">Stable name: <see cref="RefusalReasons"/>.</param>
public sealed record Refusal(DateTimeOffset At, string Name, string Device, string Reason);

/// <summary>Values of <see cref="Refusal.Reason"/> and their English words.</summary>
public static class RefusalReasons
{
    /// <summary>Both ends have no group in common.</summary>
    public const string NoCommonGroup = "no-common-group";

    /// <summary>No such name in the zone.</summary>
    public const string NoSuchName = "no-such-name";

    /// <summary>The peer is not registered now: switched off or without uplink.</summary>
    public const string NotRegistered = "not-registered";

    /// <summary>The direction server wants fewer questions.</summary>
    public const string TooManyRequests = "too-many-requests";

    /// <summary>The direction server does not let this router ask for that name.</summary>
    public const string NotForYou = "not-for-you";

    /// <summary>There is no such device behind the router.</summary>
    public const string NoSuchDevice = "no-such-device";

    /// <summary>The owner has not shared that device or port.</summary>
    public const string NotShared = "not-shared";

    /// <summary>The peer showed a certificate of another name or of an unknown authority.</summary>
    public const string WrongCertificate = "wrong-certificate";

    /// <summary>The peer did not answer the handshake.</summary>
    public const string NoAnswer = "no-answer";

    /// <summary>No virtual address is free.</summary>
    public const string AddressPoolEmpty = "address-pool-empty";

    /// <summary>English words for a reason; an unknown reason is its own description.</summary>
    public static string Describe(string reason) => reason switch
    {
        NoCommonGroup => "no group in common",
        NoSuchName => "no such name",
        NotRegistered => "peer is not online",
        TooManyRequests => "too many requests",
        NotForYou => "the direction server does not allow it",
        NoSuchDevice => "no such device there",
        NotShared => "not shared",
        WrongCertificate => "wrong certificate",
        NoAnswer => "peer does not answer",
        AddressPoolEmpty => "no virtual address is free",
        _ => reason,
    };
}
