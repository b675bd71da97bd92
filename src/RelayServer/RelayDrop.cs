namespace NTMobile.RelayServer;

/// <summary>Why the relay did not forward a datagram.</summary>
public enum RelayDrop
{
    /// <summary>It came from an address that is not the validated source of the leg's node.</summary>
    WrongSource,

    /// <summary>Nobody has joined the slot's other leg yet.</summary>
    NoPartner,

    /// <summary>The other leg's node has no session now.</summary>
    PartnerAway,

    /// <summary>A type that is not passed on, or too short for its type.</summary>
    NotRelayed,
}
