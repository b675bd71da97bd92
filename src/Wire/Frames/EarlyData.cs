using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>Inside message 1 of a handshake under a one-time key: a packet of a context that stands before it in the message.</summary>
/// <remarks>
/// <code>
///  +-------------------------+
///  | content of a Data       |
///  +-------------------------+
///  at least the five bytes of the Data header
/// </code>
/// </remarks>
/// <param name="Content">What would be sealed in a Data datagram (<see cref="DataHeader"/> and transport header to the end).</param>
public sealed record EarlyData(byte[] Content) : IFrame<EarlyData>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.EarlyData;

    /// <inheritdoc/>
    public int BodyLength => Content.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out EarlyData frame)
    {
        var good = new SpanReader(body).Rest(DataHeader.Size, HandshakeDatagram.MaxMessageSize, out var content).AtEnd;
        frame = good ? new EarlyData(content) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).Bytes(Content).End();
}
