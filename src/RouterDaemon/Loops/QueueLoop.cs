using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>
/// The packet loop of one netfilter queue: reads a batch, gives each packet to the router, returns verdicts in order. While there is no node
/// (not enrolled yet) everything is accepted, and meets the guards behind.
/// </summary>
internal sealed class QueueLoop : IDisposable
{
    private const ushort EthernetIpv4 = 0x0800;

    // While packets keep coming, a run is filled over so many batches before it is sent.
    private const int PatientBatches = 4;

    // So many packets within a pause, and the loop pauses again for more: each of them would wake it else, which costs their sender more than
    // sending them, and leaves runs short. Super-packets of TCP come at a tenth of that rate.
    private const int ManyPackets = 4;
    private const int PauseMicroseconds = 100;

    // Half a send buffer leaves an uplink of 10 Mb/s in about this time (a socket is writable again when half of it is free).
    private const int PatienceMs = 200;
    private readonly NfQueue _queue;
    private readonly NodeHost _host;
    private readonly WireSink _wire;
    private readonly LoopState _state = new();
    private readonly EventFd _wake = new();
    private readonly Thread _thread;
    private int _unsent; // batches since the last flush
    private int _sincePause; // packets
    private volatile bool _stopping;

    public QueueLoop(NfQueueOptions options, NodeHost host, UplinkSockets sockets)
    {
        _queue = new NfQueue(options);
        _host = host;
        _wire = new WireSink(sockets, host.Tell, host.CountDrops, PatienceMs);
        _thread = new Thread(Run) { IsBackground = true, Name = $"queue-{options.Number}" };
    }

    public void Start() => _thread.Start();

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
            var count = Receive();
            var router = _host.Router;
            _state.NowMs = _host.NowMs;
            for (var i = 0; i < count; i++)
            {
                var packet = _queue[i];
                if (router is not null && Take(router, in packet))
                {
                    _queue.Verdicts.Drop(packet.Id);
                }
                else
                {
                    _queue.Verdicts.Accept(packet.Id);
                }
            }

            _queue.Verdicts.Flush();
        }
    }

    // The next batch. What is sealed goes out before the loop waits.
    private int Receive()
    {
        var count = _queue.Receive(0);
        if (count == 0 || ++_unsent > PatientBatches)
        {
            _wire.Flush();
            _unsent = 0;
        }

        if (count == 0 && _sincePause >= ManyPackets)
        {
            _sincePause = 0;
            Poller.Pause(PauseMicroseconds);
            count = _queue.Receive(0);
        }

        if (count == 0)
        {
            _sincePause = 0;
            count = _queue.Receive(1000, _wake);
        }

        _sincePause += count;
        return count;
    }

    private bool Take(Router router, in QueuedPacket packet)
    {
        if (packet.HardwareProtocol != EthernetIpv4 || packet.IsTruncated)
        {
            return false;
        }

        var lan = new LanPacket
        {
            Buffer = packet.Buffer,
            Start = packet.Start,
            Length = packet.Length,
            Hints = packet.HasPartialChecksum ? PacketHints.PartialChecksum : PacketHints.None,
        };
        return router.FromLan(ref lan, _state, _wire).Fate != Fate.Accept;
    }
}
