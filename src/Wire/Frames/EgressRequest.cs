namespace NTMobile.Wire.Frames;

/// <summary>Node to RS: let my LAN reach ordinary hosts through you; also a probe of the size that the way carries.</summary>
/// <remarks>
/// <code>
///  0             4                  7             9
///  +-------------+------------------+-------------+-----------------------------------+
///  | request (4) | receive path (3) | largest (2) | zero bytes to the end: padding …  |
///  +-------------+------------------+-------------+-----------------------------------+
///  the path is not none and has no epoch
/// </code>
/// </remarks>
/// <param name="Request">Comes back in the <see cref="EgressGrant"/> or the <see cref="EgressRefused"/>.</param>
/// <param name="Receive">Path id that the node wants on Egress datagrams; another one than before asks for other keys.</param>
/// <param name="Largest">Largest datagram (UDP payload) in which a grant came back from this place, in bytes; 0: none yet.</param>
/// <param name="Padding">How many zero bytes follow. The grant has the same size.</param>
public readonly record struct EgressRequest(uint Request, PathId Receive, ushort Largest, int Padding = 0) : IFrame<EgressRequest>
{
    private const int FixedSize = 4 + PathId.Size + 2;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.EgressRequest;

    /// <inheritdoc/>
    public int BodyLength => FixedSize + Padding;

    /// <summary>The same request in a datagram of a certain size, if it is the only frame there.</summary>
    /// <param name="datagramSize">Size of the whole datagram (UDP payload) in bytes.</param>
    public EgressRequest OfDatagramSize(int datagramSize) =>
        this with { Padding = datagramSize - SealedDatagram.Overhead - FrameWriter.HeaderSize - FixedSize };

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out EgressRequest frame)
    {
        var reader = new SpanReader(body).UInt32(out var request).PathId(out var receive).UInt16(out var largest);
        var padding = reader.Remaining;
        var good = reader.Bytes(padding, out var zeros).AtEnd && !zeros.ContainsAnyExcept((byte)0);
        frame = good ? new EgressRequest(request, receive, largest, padding) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body)
    {
        body[FixedSize..].Clear();
        new SpanWriter(body[..FixedSize]).UInt32(Request).PathId(Receive).UInt16(Largest).End();
    }
}
