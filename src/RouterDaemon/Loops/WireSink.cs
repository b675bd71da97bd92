using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RouterCore;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>
/// Sealed datagrams of one loop on their way to the sockets. Runs to the same target and of the same size that follow one another are joined,
/// so that many small packets cost one system call. A full socket buffer makes the loop wait a moment: that is the backpressure.
/// </summary>
internal sealed class WireSink(UplinkSockets sockets, Func<NodeEvent, bool> tell) : IDatagramSink, IDisposable
{
    private const int LongestWaitMs = 20;
    private readonly NativeBuffer _buffer = new(UdpSocket.MaximumRun);
    private PathTarget _target;
    private int _size;
    private int _used;
    private int _count;

    /// <summary>Datagrams that no socket took.</summary>
    public long Lost { get; private set; }

    public Span<byte> BeginRun(in PathTarget to, int datagramSize, int count)
    {
        if (_used > 0 && (to != _target || datagramSize != _size || _count == UdpSocket.MaximumSegments
            || _used + datagramSize > UdpSocket.MaximumRun))
        {
            Flush();
        }

        (_target, _size) = (to, datagramSize);
        var fitting = Math.Min(UdpSocket.MaximumSegments - _count, (UdpSocket.MaximumRun - _used) / datagramSize);
        return _buffer.Span.Slice(_used, datagramSize * Math.Min(count, fitting));
    }

    public bool EndRun(int bytes)
    {
        var count = (bytes + _size - 1) / _size;
        _used += bytes;
        _count += count;
        return bytes == count * _size || Flush(); // a shorter last datagram ends the run
    }

    /// <summary>Sends what is gathered. The loop calls it at the end of each batch.</summary>
    public bool Flush()
    {
        if (_used == 0)
        {
            return true;
        }

        var run = _buffer.Span[.._used];
        var count = _count;
        _used = _count = 0;
        if (sockets[_target.Uplink] is { } socket && Send(socket, run))
        {
            return true;
        }

        Lost += count;
        return false;
    }

    public void Dispose() => _buffer.Dispose();

    private bool Send(UdpSocket socket, ReadOnlySpan<byte> run)
    {
        try
        {
            var result = socket.Send(_target.Remote, run, _size, _target.Ecn);
            if (result.Status == SendStatus.WouldBlock && socket.WaitWritable(LongestWaitMs))
            {
                result = socket.Send(_target.Remote, run, _size, _target.Ecn);
            }

            if (result.Status == SendStatus.TooBig)
            {
                tell(new DatagramTooBig(_target.Uplink, _target.Remote, _size));
            }

            return result.Status == SendStatus.Sent;
        }
        catch (ObjectDisposedException)
        {
            return false; // the uplink went away this moment
        }
    }
}
