using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Streams;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>
/// The receive thread: all uplinks' sockets, one after another, and what came over TLS. The only thread that changes receive windows. While a queue is quiet it serves that too.
/// </summary>
internal sealed class WireLoop : IDisposable
{
    // What is at the node comes back in a moment. Until then all of its session takes the same way round, which costs more: so it is waited for a little.
    private const int PauseMicroseconds = 50;
    private const int LongestPauses = 20;
    private readonly WireReceiver _receiver = new();
    private readonly NodeHost _host;
    private readonly StreamTable _streams;
    private readonly ReturnedDatagrams _returned;
    private readonly LanSink _lan;
    private readonly LoopState _state = new();
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile QueueLoop? _borrowed;

    public WireLoop(NodeHost host, TunDevice tun, StreamTable streams, ReturnedDatagrams returned)
    {
        _host = host;
        _streams = streams;
        _streams.Wake = _receiver.Wake;
        _returned = returned;
        _returned.Wake = _receiver.Wake;
        _lan = new LanSink(tun, host);
        _thread = new Thread(Run) { IsBackground = true, Name = "wire" };
    }

    public void Start() => _thread.Start();

    /// <summary>Serves a queue from now on, until it gives the queue back. Called by the queue's own thread; one queue at a time.</summary>
    public void Borrow(QueueLoop queue)
    {
        _borrowed = queue;
        _receiver.Watch(queue.Descriptor);
    }

    /// <summary>Whether the sockets set last are the only ones that the thread reads.</summary>
    public bool HasTakenOver => _receiver.IsCurrent;

    /// <summary>Other sockets from now on; those left out may be closed when the thread has taken over.</summary>
    public void SetSockets(IReadOnlyList<UdpSocket> sockets) => _receiver.SetSockets(sockets);

    /// <summary>Ends the thread, so that what it has borrowed may be closed.</summary>
    public void Stop()
    {
        _stopping = true;
        _receiver.Wake();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    public void Dispose()
    {
        Stop();
        _receiver.Dispose();
        _lan.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            if (_receiver.Next(1000) is { } socket && _host.Router is { } router)
            {
                Deliver(socket, router);
            }

            if (_streams.HasArrivals)
            {
                _state.NowMs = _host.NowMs;
                _streams.Deliver(_host.Router, _state, _lan);
            }

            DeliverReturned();
            for (var pause = 0; _state.HasGiven && pause < LongestPauses; pause++)
            {
                Poller.Pause(PauseMicroseconds);
                DeliverReturned();
            }

            if (_receiver.WatchedIsReady && _borrowed is { } queue && !queue.TryServeLent())
            {
                _receiver.Watch(null);
                queue.GiveBack();
            }
        }
    }

    private void DeliverReturned()
    {
        if (_returned.Any)
        {
            _state.NowMs = _host.NowMs;
            _returned.Deliver(_host.Router, _state, _lan);
        }
    }

    private void Deliver(UdpSocket socket, Router router)
    {
        _state.NowMs = _host.NowMs;
        for (var i = 0; i < socket.Count; i++)
        {
            var run = socket[i];
            router.FromWire(new ReceivedRun(run.Bytes, run.DatagramSize, run.From, socket.Number, (byte)(run.Tos & 3)), _state, _lan);
        }
    }
}
