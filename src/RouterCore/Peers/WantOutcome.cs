namespace NTMobile.RouterCore.Peers;

/// <summary>How an attempt to reach a device ended.</summary>
internal enum WantOutcome
{
    /// <summary>Packets may flow.</summary>
    Ready,

    /// <summary>No such name.</summary>
    NoSuchName,

    /// <summary>The name exists, but its router is not registered now.</summary>
    NotRegistered,

    /// <summary>The peer and this node have no group in common.</summary>
    NoCommonGroup,

    /// <summary>The device is not shared with this node's group.</summary>
    NotShared,

    /// <summary>The peer did not answer on any path.</summary>
    Unreachable,

    /// <summary>The Direction Server did not answer.</summary>
    NoDirectionServer,

    /// <summary>Too many requests, contexts or addresses.</summary>
    TooMany,
}
