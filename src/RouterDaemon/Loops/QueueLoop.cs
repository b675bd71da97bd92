using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>
/// The packet loop of one netfilter queue: reads a batch, gives each packet to the router, returns verdicts in order. While there is no node
/// (not enrolled yet) everything is accepted, and meets the guards behind. A queue with a helper is lent to the receive thread while few packets come:
/// one thread then carries a packet in and its answer out, and nobody is woken in between.
/// </summary>
internal sealed class QueueLoop : IDisposable
{
    private const ushort EthernetIpv4 = 0x0800;
    private const ushort EthernetIpv6 = 0x86DD;

    // While packets keep coming, a run is filled over so many batches before it is sent.
    private const int PatientBatches = 4;

    // So many packets within a pause, and the loop pauses again for more: each of them would wake it else, which costs their sender more than
    // sending them, and leaves runs short. Super-packets of TCP come at a tenth of that rate.
    private const int ManyPackets = 4;
    private const int PauseMicroseconds = 100;

    // While a path opens, which takes some milliseconds.
    private const int PathPauseMicroseconds = 500;

    // A full run leaves an uplink of 1 Mb/s in about this time: runs are shorter there (UdpSocket.LongestRun).
    private const int PatienceMs = 200;
    private const int LongestWaitMs = 1000;

    // No packet for so long, and the queue is lent again.
    private const int QuietMs = 10;
    private readonly NfQueue _queue;
    private readonly NodeHost _host;
    private readonly UplinkSockets _sockets;
    private readonly WireLoop? _helper;
    private readonly WireSink _wire;
    private readonly LoopState _state = new();
    private readonly StandingQueue _standing = new();
    private readonly EventFd _wake = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    public QueueLoop(NfQueueOptions options, NodeHost host, UplinkSockets sockets, WireLoop? helper = null)
    {
        _queue = new NfQueue(options);
        _host = host;
        _sockets = sockets;
        _helper = helper;
        _wire = new WireSink(sockets, host.Tell, host.CountDrops, PatienceMs);
        _thread = new Thread(Run) { IsBackground = true, Name = $"queue-{options.Number}" };
    }

    /// <summary>Descriptor to poll while the queue is lent.</summary>
    public int Descriptor => _queue.Descriptor;

    public void Start() => _thread.Start();

    /// <summary>Serves one batch on the thread that the queue is lent to.</summary>
    /// <returns>False: many packets come, or an uplink is full and could hold up the caller, who must give the queue back.</returns>
    public bool TryServeLent()
    {
        if (_sockets.AreFull)
        {
            return false;
        }

        var count = _queue.Receive(0);
        _state.WaitsForPaths = false; // others wait for this thread
        Take(count);
        Send();
        return count < ManyPackets;
    }

    /// <summary>The loop's own thread has the queue again.</summary>
    public void GiveBack() => _wake.Signal();

    public void Dispose()
    {
        _stopping = true;
        _wake.Signal();
        _thread.Join();
        _queue.Dispose();
        _wire.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        Poller.UseFineTimers();
        while (!_stopping)
        {
            if (Serve() >= ManyPackets)
            {
                Poller.Pause(PauseMicroseconds);
            }
            else if (!Poller.WaitReadable(_queue.Descriptor, _helper is null ? LongestWaitMs : QuietMs, _wake.Descriptor) && !_stopping)
            {
                Lend();
            }
        }
    }

    private void Lend()
    {
        if (_helper is not null)
        {
            _helper.Borrow(this);
            do
            {
                Poller.WaitReadable(_wake.Descriptor, -1); // also a signal to the thread ends it
            }
            while (!_wake.Drain());
        }
    }

    // Everything that waits; returns how many packets.
    private int Serve()
    {
        var packets = 0;
        _state.WaitsForPaths = true;
        for (var batches = 1; !_stopping && _queue.Receive(0) is > 0 and var count; batches++)
        {
            Take(count);
            packets += count;
            if (count >= ManyPackets)
            {
                _queue.Verdicts.Flush(); // while the packets are still in the processor's caches
            }

            if (batches % PatientBatches == 0)
            {
                Send();
            }
        }

        _standing.WasEmpty();
        _state.SlowsSender = false;
        Send();
        return packets;
    }

    private void Take(int count)
    {
        var router = _host.Router;
        _state.NowMs = _host.NowMs;
        for (var i = 0; i < count; i++)
        {
            var packet = _queue[i];
            if (_wire.TakeWaited())
            {
                _state.NowMs = _host.NowMs;
                _standing.UplinkWasFull(_state.NowMs);
            }

            _state.SlowsSender |= _standing.MustSlow(_state.NowMs);
            if (router is not null && Take(router, in packet))
            {
                _queue.Verdicts.Drop(packet.Id);
            }
            else
            {
                _queue.Verdicts.Accept(packet.Id);
            }
        }
    }

    // Nobody waits for the verdict of a packet that was taken, so what is sealed goes first.
    private void Send()
    {
        _wire.Flush();
        _queue.Verdicts.Flush();
    }

    private static PacketHints Hints(in QueuedPacket packet) =>
        (packet.HasPartialChecksum ? PacketHints.PartialChecksum : PacketHints.None)
        | ((packet.Mark & RuleSetOptions.MustQueueMark) != 0 ? PacketHints.MustRelay : PacketHints.None)
        | ((packet.Mark & RuleSetOptions.MayQueueMark) != 0 ? PacketHints.MayRelay : PacketHints.None)
        | ((packet.Mark & RuleSetOptions.MayAnswerMark) != 0 ? PacketHints.MayAnswer : PacketHints.None);

    private bool Take(Router router, in QueuedPacket packet)
    {
        if (packet.HardwareProtocol is not (EthernetIpv4 or EthernetIpv6) || packet.IsTruncated)
        {
            return false;
        }

        var lan = new LanPacket
        {
            Buffer = packet.Buffer,
            Start = packet.Start,
            Length = packet.Length,
            Hints = Hints(in packet),
        };
        Fate fate;
        while ((fate = router.FromLan(ref lan, _state, _wire).Fate) == Fate.Later && !_stopping)
        {
            Send();
            Poller.Pause(PathPauseMicroseconds);
            _state.NowMs = _host.NowMs;
        }

        return fate != Fate.Accept;
    }
}
