using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>
/// The loop of the queue of what peers send without the tunnel: one wire segment each, since super-packets are cut before they are queued. What belongs
/// to no lane goes on: it may be the answer to a LAN device's own connection; what is for the router itself then meets the guard, which drops it.
/// </summary>
internal sealed class TranslationLoop : IDisposable
{
    private const int LongestWaitMs = 1000;

    // So many packets at once, and it pauses for more of them: they are joined to longer frames then.
    private const int ManyPackets = 8;
    private const int PauseMicroseconds = 50;
    private readonly NfQueue _queue;
    private readonly NodeHost _host;
    private readonly LanSink _lan;
    private readonly LoopState _state = new();
    private readonly EventFd _wake = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    public TranslationLoop(ushort queue, NodeHost host, TunDevice tun)
    {
        _queue = new NfQueue(new NfQueueOptions(queue));
        _host = host;
        _lan = new LanSink(tun, host);
        _thread = new Thread(Run) { IsBackground = true, Name = "translated" };
    }

    public void Start() => _thread.Start();

    public void Dispose()
    {
        _stopping = true;
        _wake.Signal();
        _thread.Join();
        _queue.Dispose();
        _lan.Dispose();
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
            else
            {
                Poller.WaitReadable(_queue.Descriptor, LongestWaitMs, _wake.Descriptor);
            }
        }
    }

    private int Serve()
    {
        var packets = 0;
        while (!_stopping && _queue.Receive(0) is > 0 and var count)
        {
            Take(count);
            packets += count;
        }

        return packets;
    }

    private void Take(int count)
    {
        var router = _host.Router;
        _state.NowMs = _host.NowMs;
        for (var i = 0; i < count; i++)
        {
            var packet = _queue[i];
            var run = new ReceivedRun(_queue.Memory, _queue.Memory.Length, default, 0, 0);
            if (router is not null && !packet.IsTruncated
                && router.FromTranslated(in run, _queue.OffsetOf(in packet), packet.Length, packet.HasPartialChecksum, _state, _lan))
            {
                _queue.Verdicts.Drop(packet.Id);
            }
            else
            {
                _queue.Verdicts.Accept(packet.Id);
            }
        }

        Router.EndTranslated(_state, _lan);
        _queue.Verdicts.Flush();
    }
}
