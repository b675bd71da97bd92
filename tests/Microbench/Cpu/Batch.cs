using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Tests.Support;

namespace NTMobile.Microbench.Cpu;

/// <summary>A batch of equal packets in buffers of their own, as a queue hands them over, and a wire that keeps what is sealed.</summary>
internal sealed class Batch : IDatagramSink
{
    private const int RoomPerDatagram = 2048;
    private readonly byte[] _packet;
    private readonly byte[][] _buffers;
    private readonly byte[] _wire;
    private readonly List<(int At, int Length, int Size)> _runs = new(4096);
    private int _used;
    private int _size;

    public Batch(byte[] packet, PacketHints hints, int count)
    {
        (_packet, Hints) = (packet, hints);
        _buffers = [.. Enumerable.Range(0, count).Select(_ => new byte[LanPacket.Headroom + packet.Length])];
        _wire = GC.AllocateArray<byte>(count * Math.Max(RoomPerDatagram, packet.Length * 2), pinned: true);
        Refill();
    }

    public PacketHints Hints { get; }

    public int Count => _buffers.Length;

    /// <summary>Runs sealed since the last <see cref="Refill"/>.</summary>
    public int Datagrams { get; private set; }

    /// <summary>Fresh packets, an empty wire.</summary>
    public void Refill()
    {
        foreach (var buffer in _buffers)
        {
            _packet.CopyTo(buffer, LanPacket.Headroom);
        }

        _runs.Clear();
        _used = Datagrams = 0;
    }

    /// <summary>The headroom and packet of one.</summary>
    public LanPacket this[int index] =>
        new() { Buffer = _buffers[index], Start = LanPacket.Headroom, Length = _packet.Length, Hints = Hints };

    /// <summary>Sends fresh packets and leaves them on the wire.</summary>
    public Action Fill(Side from) => () =>
    {
        Refill();
        SendAll(from);
    };

    public void SendAll(Side from)
    {
        for (var i = 0; i < _buffers.Length; i++)
        {
            var packet = this[i];
            from.Router.FromLan(ref packet, from.FromLan, this);
        }
    }

    /// <summary>Gives all runs to the other side, opened in place.</summary>
    public void ReceiveAll(Side at, ILanSink lan, Endpoint from)
    {
        foreach (var (start, length, size) in _runs)
        {
            at.Router.FromWire(new ReceivedRun(_wire.AsSpan(start, length), size, in from, 1, 0), at.FromWire, lan);
        }
    }

    /// <summary>A sealed datagram, when each run is one.</summary>
    public Span<byte> Datagram(int index) => _wire.AsSpan(_runs[index].At, _runs[index].Length);

    public Span<byte> BeginRun(in PathTarget to, int datagramSize, int count)
    {
        _size = datagramSize;
        Datagrams += count;
        return _wire.AsSpan(_used, datagramSize * count);
    }

    public Span<byte> BeginPacket(int uplink, int length) => throw new NotSupportedException();

    public void EndPacket() => throw new NotSupportedException();

    public void EndRun(int bytes)
    {
        _runs.Add((_used, bytes, _size));
        _used += bytes;
    }
}
