using NTMobile.NetfilterBridge;
using NTMobile.RouterDaemon.Streams;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>The tunnel's sockets by uplink number. The uplink watcher publishes; packet loops and the control loop read. Ends after all of them.</summary>
/// <param name="streams">Where datagrams to TCP endpoints go, borrowed; null: nowhere.</param>
internal sealed class UplinkSockets(StreamTable? streams = null) : IDisposable
{
    private readonly List<UdpSocket> _retired = [];
    private volatile Dictionary<int, UdpSocket> _byNumber = [];

    private int _waiting;

    /// <summary>Whether a loop waits for room in a socket's buffer just now.</summary>
    public bool AreFull => Volatile.Read(ref _waiting) > 0;

    /// <summary>Where datagrams to TCP endpoints go.</summary>
    public StreamTable? Streams => streams;

    public UdpSocket? this[int uplink] => _byNumber.GetValueOrDefault(uplink);

    public IReadOnlyDictionary<int, UdpSocket> All => _byNumber;

    /// <summary>Waits until a socket takes more, or for a time in ms.</summary>
    public void WaitWritable(UdpSocket socket, int milliseconds)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            socket.WaitWritable(milliseconds);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Other sockets from now on. Those left out are closed at the change after this one, when no loop can hold them any more.</summary>
    public void Publish(Dictionary<int, UdpSocket> sockets)
    {
        Close();
        _retired.AddRange(_byNumber.Where(s => !sockets.ContainsKey(s.Key)).Select(s => s.Value));
        _byNumber = sockets;
    }

    public void Dispose()
    {
        _retired.AddRange(_byNumber.Values);
        Close();
    }

    private void Close()
    {
        _retired.ForEach(s => s.Dispose());
        _retired.Clear();
    }
}
