namespace NTMobile.Control;

/// <summary>The local service gave no answer at all.</summary>
public sealed class RouterUnreachableException : Exception
{
    internal RouterUnreachableException(RouterUnreachableReason reason, string message, Exception? inner)
        : base(message, inner) => Reason = reason;

    /// <summary>Why.</summary>
    public RouterUnreachableReason Reason { get; }
}

/// <summary>Why there was no answer.</summary>
public enum RouterUnreachableReason
{
    /// <summary>There is no socket, or nobody listens on it.</summary>
    NotRunning,

    /// <summary>The socket is there, but this user may not open it.</summary>
    PermissionDenied,

    /// <summary>The connection broke, or the answer was none of ours.</summary>
    Broken,
}
