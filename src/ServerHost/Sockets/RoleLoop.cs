using NTMobile.Linux;
using NTMobile.NetfilterBridge;

namespace NTMobile.ServerHost.Sockets;

/// <summary>One role behind one UDP socket. Every call into the role is made under <see cref="RoleLoop.Gate"/>.</summary>
internal interface IUdpRole
{
    /// <summary>In how many milliseconds <see cref="Tick"/> wants to be called at the latest.</summary>
    int TickWithin { get; }

    /// <summary>Takes what was received.</summary>
    void Receive(in UdpRun run);

    /// <summary>Does what is due.</summary>
    void Tick();
}

/// <summary>The thread of one role: receives in batches, ticks in time.</summary>
internal sealed class RoleLoop : IDisposable
{
    private readonly string _name;
    private readonly UdpSocket _socket;
    private readonly IUdpRole _role;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly EventFd _wake = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Creates the thread; it owns the socket.</summary>
    public RoleLoop(string name, UdpSocket socket, IUdpRole role, Lock gate, ILogger logger, TimeProvider time)
    {
        _name = name;
        _socket = socket;
        _role = role;
        Gate = gate;
        _logger = logger;
        _time = time;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>Held while the role works; other threads take it to ask the role something.</summary>
    public Lock Gate { get; }

    /// <summary>Where the socket is bound.</summary>
    public Endpoint Local => _socket.Local;

    /// <summary>Runs of datagrams that made the role throw: our own mistakes.</summary>
    public long Failures { get; private set; }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Stops the thread and closes the socket.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Signal();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _socket.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        long ticked = _time.GetTimestamp();
        while (!_stopping)
        {
            int count = _socket.Receive(_role.TickWithin, _wake);
            lock (Gate)
            {
                for (int i = 0; i < count; i++)
                {
                    Guarded(static (role, run) => role.Receive(run), _socket[i]);
                }

                if (count == 0 || _time.GetElapsedTime(ticked).TotalMilliseconds >= _role.TickWithin)
                {
                    ticked = _time.GetTimestamp();
                    Guarded(static (role, _) => role.Tick(), default);
                }
            }
        }
    }

    /// <summary>A mistake of ours costs one run of datagrams, not the server.</summary>
    private void Guarded(RoleCall call, UdpRun run)
    {
        try
        {
            call(_role, run);
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

    private delegate void RoleCall(IUdpRole role, UdpRun run);
}
