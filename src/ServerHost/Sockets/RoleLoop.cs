// A role's thread. A round:
//   1. wait until a socket has something; 2. each such socket has a turn: batches of runs, until it is empty or TurnLength has passed;
//   3. behind every turn of another socket the first ones, which have the control messages, have a turn; 4. what is due by time.
// So a backlog on one socket keeps another one waiting for one turn of each of the others at the most, and the first socket for one turn. A turn ends
// with the batch during which TurnLength passes; a batch is 8 runs (about 0.2 ms of forwarding) and at the most one wait for room in the send buffer.
using NTMobile.Linux;
using NTMobile.NetfilterBridge;

namespace NTMobile.ServerHost.Sockets;

/// <summary>One role behind its UDP sockets. Every call into the role is made under <see cref="RoleLoop.Gate"/>.</summary>
internal interface IUdpRole
{
    /// <summary>In how many milliseconds <see cref="Tick"/> wants to be called at the latest.</summary>
    int TickWithin { get; }

    /// <summary>Takes what a socket received; the memory may be overwritten behind <see cref="EndBatch"/>.</summary>
    void Receive(UdpSocket socket, in UdpRun run);

    /// <summary>All runs of one receive were taken.</summary>
    void EndBatch()
    {
    }

    /// <summary>Does what is due.</summary>
    void Tick();
}

/// <summary>The thread of one role: receives in batches, ticks in time.</summary>
internal sealed class RoleLoop : IDisposable
{
    private static readonly TimeSpan TurnLength = TimeSpan.FromMicroseconds(250);

    private readonly string _name;
    private readonly UdpSocket[] _sockets;
    private readonly int _controls;
    private readonly pollfd[] _fds; // of the sockets, and of _wake
    private readonly IUdpRole _role;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly EventFd _wake = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Creates the thread; it owns the sockets, of which the first ones have the control messages.</summary>
    public RoleLoop(string name, UdpSocket[] sockets, IUdpRole role, Lock gate, ILogger logger, TimeProvider time, int controls = 1)
    {
        _name = name;
        _sockets = sockets;
        _controls = controls;
        _fds = [.. sockets.Select(socket => socket.Descriptor).Append(_wake.Descriptor).Select(fd => new pollfd { fd = fd, events = Libc.POLLIN })];
        _role = role;
        Gate = gate;
        _logger = logger;
        _time = time;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>Held while the role works; other threads take it to ask the role something.</summary>
    public Lock Gate { get; }

    /// <summary>Where the sockets are bound.</summary>
    public Endpoint Local => _sockets[0].Local;

    /// <summary>Datagrams or runs for which the sockets' receive buffers had no room.</summary>
    public long ReceiveDrops => _sockets.Sum(socket => socket.ReceiveDrops);

    /// <summary>Runs of datagrams that made the role throw: our own mistakes.</summary>
    public long Failures { get; private set; }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Stops the thread and closes the sockets.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Signal();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        foreach (UdpSocket socket in _sockets)
        {
            socket.Dispose();
        }

        _wake.Dispose();
    }

    private void Run()
    {
        long ticked = _time.GetTimestamp();
        while (!_stopping)
        {
            int ready = Poller.Wait(_fds, _role.TickWithin);
            for (int i = 0; ready > 0 && i < _sockets.Length; i++)
            {
                if (_fds[i].revents != 0)
                {
                    Turn(_sockets[i]);
                    TurnOfControls(behind: i);
                }
            }

            if (ready == 0 || _time.GetElapsedTime(ticked).TotalMilliseconds >= _role.TickWithin)
            {
                ticked = _time.GetTimestamp();
                lock (Gate)
                {
                    Guarded(static (role, _, _) => role.Tick(), _sockets[0], default);
                }
            }
        }
    }

    private void TurnOfControls(int behind)
    {
        for (int i = 0; behind >= _controls && i < _controls; i++)
        {
            Turn(_sockets[i]);
        }
    }

    private void Turn(UdpSocket socket)
    {
        long began = _time.GetTimestamp();
        while (socket.Receive() > 0)
        {
            lock (Gate)
            {
                for (int i = 0; i < socket.Count; i++)
                {
                    Guarded(static (role, socket, run) => role.Receive(socket, run), socket, socket[i]);
                }

                Guarded(static (role, _, _) => role.EndBatch(), socket, default);
            }

            if (_time.GetElapsedTime(began) >= TurnLength)
            {
                return;
            }
        }
    }

    /// <summary>A mistake of ours costs one run of datagrams, not the server.</summary>
    private void Guarded(RoleCall call, UdpSocket socket, UdpRun run)
    {
        try
        {
            call(_role, socket, run);
        }
#pragma warning disable CA1031 // whatever it is, the role goes on
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (++Failures <= 10)
            {
                ServerLog.RoleFailed(_logger, _name, error);
            }
        }
    }

    private delegate void RoleCall(IUdpRole role, UdpSocket socket, UdpRun run);
}
