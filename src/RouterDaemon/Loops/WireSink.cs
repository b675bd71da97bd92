using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RouterCore;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>
/// Sealed datagrams and translated packets of one loop on their way to the sockets. Runs to the same target and of the same size that follow one another
/// are joined, so that many small packets cost one system call. A full socket buffer makes the loop wait, and packets wait in the kernel's queue meanwhile:
/// that is the backpressure. A loop that may wait leaves room in the buffer for those that must not. What no socket took is counted, in datagrams.
/// </summary>
/// <param name="sockets">By uplink.</param>
/// <param name="tell">Takes the news of datagrams too big for their uplink.</param>
/// <param name="countDrops">Counts what is lost.</param>
/// <param name="patienceMs">Longest wait for room in a socket's buffer, in ms; 0 for a loop that must not wait.</param>
internal sealed class WireSink(UplinkSockets sockets, Func<NodeEvent, bool> tell, Action<DropReason, long> countDrops, int patienceMs)
    : IDatagramSink, IDisposable
{
    private readonly NativeBuffer _buffer = new(UdpSocket.MaximumRun);
    private PathTarget _target;
    private int _size;
    private int _longest;
    private int _used;
    private int _count;
    private bool _waited;
    private PacketSender? _packets; // of a router that translates

    public Span<byte> BeginRun(in PathTarget to, int datagramSize, int count)
    {
        if (_used > 0 && (to != _target || datagramSize != _size || _count == UdpSocket.MaximumSegments
            || _used + datagramSize > _longest))
        {
            Flush();
        }

        if (_used == 0)
        {
            (_target, _size) = (to, datagramSize);
            _longest = Math.Max(datagramSize, sockets[to.Uplink]?.LongestRun ?? UdpSocket.MaximumRun);
        }

        var fitting = Math.Min(UdpSocket.MaximumSegments - _count, (_longest - _used) / datagramSize);
        return _buffer.Span.Slice(_used, datagramSize * Math.Min(count, fitting));
    }

    public void EndRun(int bytes)
    {
        var datagrams = (bytes + _size - 1) / _size;
        _used += bytes;
        _count += datagrams;
        if (bytes < datagrams * _size)
        {
            Flush(); // a shorter last datagram ends the run
        }
    }

    public Span<byte> BeginPacket(int uplink, int length)
    {
        if (sockets[uplink] is not { Interface: > 0 and var number })
        {
            return default; // the uplink went away this moment
        }

        _packets ??= new PacketSender();
        if (_packets.IsFull(number, length))
        {
            FlushPackets(_packets);
        }

        return _packets.Begin(number, length);
    }

    public void EndPacket() => _packets!.End();

    /// <summary>Sends what is gathered. The loop calls it when no more packets wait.</summary>
    public void Flush()
    {
        if (_packets is { Count: > 0 } packets)
        {
            FlushPackets(packets);
        }

        if (_used == 0)
        {
            return;
        }

        if (!Send(_buffer.Span[.._used]))
        {
            countDrops(DropReason.Backpressure, _count);
        }

        _used = _count = 0;
    }

    /// <summary>Whether it has waited for room in a socket's buffer since it was asked last.</summary>
    public bool TakeWaited() => _waited && !(_waited = false);

    public void Dispose()
    {
        _buffer.Dispose();
        _packets?.Dispose();
    }

    private void FlushPackets(PacketSender packets)
    {
        if (packets.Flush(patienceMs, out var waited) is > 0 and var lost)
        {
            countDrops(DropReason.Backpressure, lost);
        }

        _waited |= waited;
    }

    private bool Send(ReadOnlySpan<byte> run) => _target.Remote.IsTcp
        ? sockets.Streams?.TrySend(_target.Uplink, _target.Remote, run, _size) == true
        : sockets[_target.Uplink] is { } socket && Send(socket, run);

    private bool Send(UdpSocket socket, ReadOnlySpan<byte> run)
    {
        try
        {
            var mayGo = patienceMs == 0 || socket.LeavesRoomBehind(run.Length);
            var result = mayGo ? socket.Send(_target.Remote, run, _size, _target.Ecn) : new SendResult(SendStatus.WouldBlock);
            if (result.Status == SendStatus.WouldBlock && patienceMs > 0)
            {
                _waited = true;
                sockets.WaitWritable(socket, patienceMs); // even where half the buffer is not free yet, one run may fit
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
