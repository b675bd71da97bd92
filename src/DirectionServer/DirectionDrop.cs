namespace NTMobile.DirectionServer;

/// <summary>Why the direction server did not do what it was asked for.</summary>
public enum DirectionDrop
{
    /// <summary>A registration for a name that the certificate does not give.</summary>
    NameNotYours,

    /// <summary>A registration with a bundle that is malformed, forged, for other keys or older than the known one.</summary>
    BadBundle,

    /// <summary>A registration beyond the bounds.</summary>
    TooMany,

    /// <summary>A direction to a name that does not exist.</summary>
    NoSuchName,

    /// <summary>A direction to a node that is away.</summary>
    NotRegistered,

    /// <summary>Directions asked for too often.</summary>
    TooOften,

    /// <summary>A direction to the asker itself, or asked by a node that is not registered.</summary>
    NotForYou,

    /// <summary>A direction whose responder did not acknowledge.</summary>
    NotAcknowledged,
}
