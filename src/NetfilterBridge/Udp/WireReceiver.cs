using NTMobile.Linux;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// Waits for several UDP sockets, a further descriptor and a wake-up at once. The thread that calls <see cref="Next"/> owns it; what is waited for is
/// replaced by any thread with <see cref="SetSockets"/> and <see cref="Watch"/> and taken over at the next call.
/// </summary>
public sealed class WireReceiver : IDisposable
{
    private const int FirstSocket = 2; // in _fds, behind the wake-up and the watched descriptor
    private readonly EventFd _wake = new();
    private readonly Lock _publishing = new();
    private volatile Interest _published = new([], -1);
    private volatile Interest _interest;
    private pollfd[] _fds;
    private int _next;
    private bool _busy; // the last socket had more than one run
    private volatile bool _woken;

    /// <summary>A receiver without sockets.</summary>
    public WireReceiver()
    {
        _interest = _published;
        _fds = Pollfds(_interest);
    }

    /// <summary>Whether the last wait of <see cref="Next"/> found the watched descriptor readable.</summary>
    public bool WatchedIsReady => _fds[1].revents != 0;

    /// <summary>Whether the set published last has been taken over: from then on sockets left out of it may be disposed.</summary>
    public bool IsCurrent => ReferenceEquals(_interest, _published);

    private UdpSocket[] Sockets => _interest.Sockets;

    /// <summary>Publishes another set of sockets and wakes the receiver, which takes it over soon; see <see cref="IsCurrent"/>.</summary>
    public void SetSockets(IReadOnlyList<UdpSocket> sockets) => Publish(interest => interest with { Sockets = [.. sockets] });

    /// <summary>Publishes another descriptor to watch, or null for none, and wakes the receiver.</summary>
    public void Watch(int? descriptor) => Publish(interest => interest with { Watched = descriptor ?? -1 });

    /// <summary>Makes <see cref="Next"/> return null soon.</summary>
    public void Wake()
    {
        _woken = true;
        _wake.Signal();
    }

    /// <summary>Reads from the next socket that has something; the sockets take turns.</summary>
    /// <param name="timeoutMilliseconds">Longest wait; -1 waits for ever.</param>
    /// <returns>A socket with at least one run; null after the time-out, a wake-up, a change of the set, or when only the watched descriptor is readable.</returns>
    /// <exception cref="LinuxException">A socket is broken or was closed too early.</exception>
    public UdpSocket? Next(int timeoutMilliseconds)
    {
        if (Changed())
        {
            return null;
        }

        // While runs keep coming, asking first would only cost; but what is watched has its turn too.
        if (_busy && _interest.Watched < 0 && TakeTurns(waited: false) is { } ready)
        {
            return ready;
        }

        _busy = false;
        Poller.Wait(_fds, timeoutMilliseconds);
        return Changed() ? null : TakeTurns(waited: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    private UdpSocket? TakeTurns(bool waited)
    {
        for (var i = 0; i < Sockets.Length; i++)
        {
            _next = _next + 1 < Sockets.Length ? _next + 1 : 0;
            if ((!waited || _fds[FirstSocket + _next].revents != 0) && Sockets[_next].Receive() is > 0 and var runs)
            {
                _busy = runs > 1;
                return Sockets[_next];
            }
        }

        return null;
    }

    private void Publish(Func<Interest, Interest> change)
    {
        lock (_publishing)
        {
            _published = change(_published);
        }

        _wake.Signal();
    }

    private bool Changed()
    {
        var published = _published;
        var changed = !ReferenceEquals(published, _interest);
        if (changed)
        {
            _fds = Pollfds(published);
            _interest = published;
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

    private pollfd[] Pollfds(Interest interest) =>
        [Pollfd(_wake.Descriptor), Pollfd(interest.Watched), .. interest.Sockets.Select(socket => Pollfd(socket.Descriptor))];

    private static pollfd Pollfd(int descriptor) => new() { fd = descriptor, events = Libc.POLLIN };

    private sealed record Interest(UdpSocket[] Sockets, int Watched);
}
