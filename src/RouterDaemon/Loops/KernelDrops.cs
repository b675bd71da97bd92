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
        var queued = QueueDrops.Count(queues);
        host.CountDrops(DropReason.QueueFull, queued - _queued);
        _queued = queued;
        foreach (var (uplink, socket) in sockets.All)
        {
            var received = ReceiveDrops(socket);
            var before = _received.GetValueOrDefault(uplink);
            host.CountDrops(DropReason.ReceiveBufferFull, received < before ? received : received - before); // less: the uplink has another socket
            _received[uplink] = received;
        }
    }

    private static long ReceiveDrops(UdpSocket socket)
    {
        try
        {
            return socket.ReceiveDrops;
        }
        catch (ObjectDisposedException)
        {
            return 0; // the uplink went away this moment
        }
    }
}
