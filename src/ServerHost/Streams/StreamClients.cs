using System.Collections.Concurrent;
using NTMobile.NetfilterBridge;

namespace NTMobile.ServerHost.Streams;

/// <summary>Nodes that are connected over TLS, by the endpoint under which the roles know them. Used by all threads.</summary>
internal sealed class StreamClients
{
    /// <summary>Bytes that may wait for one client: a tenth of a second at 20 Mb/s.</summary>
    private const int QueueBytes = 256 << 10;

    private readonly ConcurrentDictionary<Endpoint, DatagramQueue> _clients = new();
    private long _accepted;

    /// <summary>Clients now.</summary>
    public int Count => _clients.Count;

    /// <summary>Clients since the start.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>A client has come.</summary>
    public DatagramQueue Add(in Endpoint client)
    {
        var queue = new DatagramQueue(QueueBytes);
        _clients[client] = queue;
        Interlocked.Increment(ref _accepted);
        return queue;
    }

    /// <summary>A client has gone.</summary>
    public void Remove(in Endpoint client, DatagramQueue queue)
    {
        _clients.TryRemove(new(client, queue)); // another one may have its port by now
        queue.Dispose();
    }

    /// <summary>Sends datagrams of one size to a client; all wait for their turn, or none.</summary>
    /// <returns>False: the client is gone, or takes less than what is sent to it.</returns>
    public bool TrySend(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize) =>
        _clients.TryGetValue(to, out DatagramQueue? queue) && queue.TryAdd(run, datagramSize);
}
