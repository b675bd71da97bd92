using NTMobile.Packets;

namespace NTMobile.Wire.Frames;

/// <summary>Answers a <see cref="Ping"/>.</summary>
/// <remarks>
/// <code>
///  0            4
///  +------------+--------------------+
///  | number (4) | endpoint (7 or 19) |
///  +------------+--------------------+
/// </code>
/// </remarks>
/// <param name="Number">The Ping's number.</param>
/// <param name="Seen">The endpoint from which the Ping was seen.</param>
public readonly record struct Pong(uint Number, Endpoint Seen) : IFrame<Pong>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.Pong;

    /// <inheritdoc/>
    public int BodyLength => 4 + WireLength.Of(Seen);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out Pong frame)
    {
        var good = new SpanReader(body).UInt32(out var number).Endpoint(out var seen).AtEnd;
        frame = good ? new Pong(number, seen) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Number).Endpoint(Seen).End();
}
