using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>Adds what the kernel dropped before the loops saw it to the router's counters. One thread calls <see cref="Refresh"/>, about once a second.</summary>
internal sealed class KernelDrops(NodeHost host, UplinkSockets sockets, IReadOnlyCollection<ushort> queues)
{
    private readonly Dictionary<int, long> _received = [];
    private long _queued;

    public void Refresh()
    {
        try
        {
            var queued = QueueDrops.Count(queues);
            host.CountDrops(DropReason.QueueFull, queued - _queued);
            _queued = queued;
            foreach (var (uplink, socket) in sockets.All)
            {
                var received = socket.ReceiveDrops;
                var before = _received.GetValueOrDefault(uplink);
                host.CountDrops(DropReason.ReceiveBufferFull, received < before ? received : received - before); // less: another socket by now
                _received[uplink] = received;
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or LinuxException or IOException)
        {
            // An uplink went away this moment, or /proc was not readable: the next second counts it. Counting must not end the service.
        }
    }
}
