using NTMobile.Linux;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// Waits for several UDP sockets and a wake-up at once. The thread that calls <see cref="Next"/> owns it; the set of sockets is
/// replaced by any thread with <see cref="SetSockets"/> and taken over at the next call.
/// </summary>
public sealed class WireReceiver : IDisposable
{
    private readonly EventFd _wake = new();
    private volatile UdpSocket[] _published = [];
    private UdpSocket[] _sockets = [];
    private pollfd[] _fds;
    private int _next;
    private volatile bool _woken;

    /// <summary>A receiver without sockets.</summary>
    public WireReceiver() => _fds = [WakePollfd];

    private pollfd WakePollfd => new() { fd = _wake.Descriptor, events = Libc.POLLIN };

    /// <summary>Publishes another set of sockets and wakes the receiver. A socket left out may be disposed after the receiver's next <see cref="Next"/>.</summary>
    public void SetSockets(IReadOnlyList<UdpSocket> sockets)
    {
        _published = [.. sockets];
        _wake.Signal();
    }

    /// <summary>Makes <see cref="Next"/> return null soon.</summary>
    public void Wake()
    {
        _woken = true;
        _wake.Signal();
    }

    /// <summary>Reads from the next socket that has something; the sockets take turns.</summary>
    /// <param name="timeoutMilliseconds">Longest wait; -1 waits for ever.</param>
    /// <returns>A socket with at least one run; null after the time-out, a wake-up or a change of the set.</returns>
    /// <exception cref="LinuxException">A socket is broken or was closed too early.</exception>
    public UdpSocket? Next(int timeoutMilliseconds)
    {
        if (Changed())
        {
            return null;
        }

        if (TakeTurns() is { } ready)
        {
            return ready;
        }

        Poller.Wait(_fds, timeoutMilliseconds);
        return Changed() ? null : TakeTurns();
    }

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    private UdpSocket? TakeTurns()
    {
        for (var i = 0; i < _sockets.Length; i++)
        {
            _next = _next + 1 < _sockets.Length ? _next + 1 : 0;
            if (_sockets[_next].Receive() > 0)
            {
                return _sockets[_next];
            }
        }

        return null;
    }

    private bool Changed()
    {
        var published = _published;
        var changed = !ReferenceEquals(published, _sockets);
        if (changed)
        {
            _sockets = published;
            _fds = [WakePollfd, .. published.Select(Pollfd)];
        }

        if (!changed && !_woken && _fds[0].revents == 0)
        {
            return false;
        }

        _fds[0].revents = 0;
        _wake.Drain();
        changed |= _woken;
        _woken = false;
        return changed;
    }

    private static pollfd Pollfd(UdpSocket socket) => new() { fd = socket.Descriptor, events = Libc.POLLIN };
}
