namespace NTMobile.Linux;

/// <summary>Wakes a thread that waits in poll(2): eventfd(2). Any thread may signal; the waiting one drains.</summary>
public sealed unsafe class EventFd : IDisposable
{
    private readonly FileDescriptor _descriptor = new(Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC), "eventfd");

    /// <summary>Descriptor to poll for reading.</summary>
    public int Descriptor => _descriptor.Value;

    /// <summary>Makes the descriptor readable until it is drained.</summary>
    public void Signal()
    {
        ulong one = 1;
        // EAGAIN would mean 2⁶⁴ - 2 signals undrained: the descriptor is readable anyway.
        _ = Libc.write(Descriptor, &one, sizeof(ulong));
    }

    /// <summary>Takes all signals back.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Drain()
    {
        ulong count;
        return Libc.read(Descriptor, &count, sizeof(ulong)) == sizeof(ulong);
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
