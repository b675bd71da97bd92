namespace NTMobile.RouterCore.Tests.Support;

/// <summary>Keeps runs of sealed datagrams one behind another; allocates only when it is made.</summary>
internal sealed class WireBuffer(int capacity = 1 << 20) : IDatagramSink
{
    private readonly byte[] _bytes = new byte[capacity];
    private readonly List<(PathTarget To, int At, int Length, int Size)> _runs = new(32);
    private int _used;
    private PathTarget _to;
    private int _size;

    /// <summary>Whether there is no room: backpressure.</summary>
    public bool IsFull { get; set; }

    /// <summary>The runs since the last <see cref="Clear"/>: target, bytes, size of each datagram.</summary>
    public IEnumerable<(PathTarget To, byte[] Bytes, int Size)> Runs => _runs.Select(r => (r.To, _bytes[r.At..(r.At + r.Length)], r.Size));

    /// <summary>Every datagram by itself.</summary>
    public IEnumerable<byte[]> Datagrams => Runs.SelectMany(r => r.Bytes.Chunk(r.Size));

    public void Clear()
    {
        _runs.Clear();
        _used = 0;
    }

    public Span<byte> BeginRun(in PathTarget to, int datagramSize, int count)
    {
        (_to, _size) = (to, datagramSize);
        return IsFull ? default : _bytes.AsSpan(_used, datagramSize * count);
    }

    public Span<byte> BeginPacket(int uplink, int length) => throw new NotSupportedException();

    public void EndPacket() => throw new NotSupportedException();

    public void EndRun(int bytes)
    {
        _runs.Add((_to, _used, bytes, _size));
        _used += bytes;
    }
}
