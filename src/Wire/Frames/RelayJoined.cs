namespace NTMobile.Wire.Frames;

/// <summary>RS to node: answers a <see cref="RelayJoin"/>.</summary>
/// <remarks>
/// <code>
///  0             4         5
///  +-------------+---------+
///  | request (4) | partner |
///  +-------------+---------+
///  partner: 1 present, 0 not yet
/// </code>
/// </remarks>
/// <param name="Request">The join's number.</param>
/// <param name="PartnerPresent">Whether the other leg has joined.</param>
public readonly record struct RelayJoined(uint Request, bool PartnerPresent) : IFrame<RelayJoined>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.RelayJoined;

    /// <inheritdoc/>
    public int BodyLength => 4 + 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out RelayJoined frame)
    {
        var good = new SpanReader(body).UInt32(out var request).Bool(out var present).AtEnd;
        frame = good ? new RelayJoined(request, present) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Request).Bool(PartnerPresent).End();
}
