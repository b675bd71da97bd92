namespace NTMobile.NetfilterBridge;

/// <summary>What became of a send.</summary>
public enum SendStatus
{
    /// <summary>The kernel took all of it.</summary>
    Sent,

    /// <summary>The socket's or the device's buffer is full; nothing was sent.</summary>
    WouldBlock,

    /// <summary>The datagrams are bigger than the interface's MTU; nothing was sent.</summary>
    TooBig,

    /// <summary>No route, or the interface is down or gone.</summary>
    Unreachable,

    /// <summary>Another error.</summary>
    Failed,
}

/// <summary>What became of a send, with the kernel's error number.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Errno">The error number, zero when it was sent.</param>
public readonly record struct SendResult(SendStatus Status, int Errno = 0);
