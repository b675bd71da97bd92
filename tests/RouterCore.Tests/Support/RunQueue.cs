using System.Buffers.Binary;
using NTMobile.Packets;

namespace NTMobile.RouterCore.Tests.Support;

/// <summary>A wire that allocates nothing: keeps the runs of one packet and hands them to the other side, opened in place.</summary>
internal sealed class RunQueue : IDatagramSink
{
    private static readonly Endpoint From = Endpoint.FromIpv4(0xCB00_7101, 40000);
    private readonly byte[] _bytes = new byte[1 << 17];
    private readonly (int At, int Length, int Size)[] _runs = new (int, int, int)[8];
    private int _count;
    private int _used;
    private int _size;

    public Span<byte> BeginRun(in PathTarget to, int datagramSize, int count)
    {
        _size = datagramSize;
        return _bytes.AsSpan(_used, datagramSize * count);
    }

    public void EndRun(int bytes)
    {
        _runs[_count++] = (_used, bytes, _size);
        _used += bytes;
    }

    public Span<byte> BeginPacket(int uplink, int length) => throw new NotSupportedException();

    public void EndPacket() => throw new NotSupportedException();

    public void GiveTo(Side side, FrameCount lan)
    {
        for (var i = 0; i < _count; i++)
        {
            var (at, length, size) = _runs[i];
            side.Router.FromWire(new ReceivedRun(_bytes.AsSpan(at, length), size, in From, 1, 0), side.FromWire, lan);
        }

        Clear();
    }

    /// <summary>What is in it is lost.</summary>
    public void Clear() => _count = _used = 0;
}

/// <summary>A LAN that counts what came and allocates nothing.</summary>
internal sealed class FrameCount : ILanSink
{
    private readonly byte[][] _headers = [.. Enumerable.Range(0, ILanSink.Frames).Select(_ => new byte[128])];
    private readonly int[] _open = new int[ILanSink.Frames];

    /// <summary>Bytes behind the IP header, transport headers included.</summary>
    public long PayloadBytes { get; private set; }

    public int SegmentHeaders { get; private set; }

    public Span<byte> Header(int frame) => _headers[frame];

    public bool TakesDatagramRuns => true;

    public void Clear() => PayloadBytes = SegmentHeaders = 0;

    public void BeginFrame(int frame, in ReceivedRun run) => _open[frame] = 0;

    public void Append(int frame, int offset, int length) => _open[frame] += length;

    public void EndFrame(int frame, int headerLength, in Offload offload)
    {
        var ip = (_headers[frame][0] & 15) * 4;
        Assert.True(BinaryPrimitives.ReadUInt16BigEndian(_headers[frame].AsSpan(Ipv4.TotalLengthAt)) == headerLength + _open[frame]);
        PayloadBytes += headerLength - ip + _open[frame];
        SegmentHeaders++;
    }
}
