namespace NTMobile.Wire.Frames;

/// <summary>The DS has the keys of a <see cref="PrekeyOffer"/>.</summary>
/// <remarks>
/// <code>
///  0            4
///  +------------+
///  | number (4) |
///  +------------+
/// </code>
/// </remarks>
/// <param name="Number">Number of the offer.</param>
public readonly record struct PrekeyOfferAck(uint Number) : IFrame<PrekeyOfferAck>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.PrekeyOfferAck;

    /// <inheritdoc/>
    public int BodyLength => 4;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out PrekeyOfferAck frame)
    {
        var good = new SpanReader(body).UInt32(out var number).AtEnd;
        frame = good ? new PrekeyOfferAck(number) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Number).End();
}
