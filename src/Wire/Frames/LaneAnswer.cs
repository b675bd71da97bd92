namespace NTMobile.Wire.Frames;

/// <summary>Answer to a <see cref="LaneOpen"/>.</summary>
/// <remarks>
/// <code>
///  0          4
///  +----------+--------------+
///  | flow (4) | accepted (1) |
///  +----------+--------------+
/// </code>
/// </remarks>
/// <param name="Flow">The lane's number.</param>
/// <param name="Accepted">Whether the sender takes its packets from now on.</param>
public readonly record struct LaneAnswer(uint Flow, bool Accepted) : IFrame<LaneAnswer>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.LaneAnswer;

    /// <inheritdoc/>
    public int BodyLength => 5;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out LaneAnswer frame)
    {
        var good = new SpanReader(body).UInt32(out var flow).Bool(out var accepted).AtEnd;
        frame = good ? new LaneAnswer(flow, accepted) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Flow).Bool(Accepted).End();
}
