using NTMobile.Packets;

namespace NTMobile.Wire.Frames;

/// <summary>Answers a <see cref="LocatorUpdate"/>.</summary>
/// <remarks>
/// <code>
///  0            4
///  +------------+--------------------+
///  | number (4) | endpoint (7 or 19) |
///  +------------+--------------------+
/// </code>
/// </remarks>
/// <param name="Number">The update's number.</param>
/// <param name="Seen">The endpoint from which the update was seen.</param>
public readonly record struct LocatorAck(uint Number, Endpoint Seen) : IFrame<LocatorAck>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.LocatorAck;

    /// <inheritdoc/>
    public int BodyLength => 4 + WireLength.Of(Seen);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out LocatorAck frame)
    {
        var good = new SpanReader(body).UInt32(out var number).Endpoint(out var seen).AtEnd;
        frame = good ? new LocatorAck(number, seen) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Number).Endpoint(Seen).End();
}
