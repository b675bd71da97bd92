namespace NTMobile.Wire.Frames;

/// <summary>The path ids of a <see cref="PathIdGrant"/> are known now.</summary>
/// <remarks>
/// <code>
///  0            4
///  +------------+
///  | number (4) |
///  +------------+
/// </code>
/// </remarks>
/// <param name="Number">The grant's number.</param>
public readonly record struct PathIdGrantAck(uint Number) : IFrame<PathIdGrantAck>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.PathIdGrantAck;

    /// <inheritdoc/>
    public int BodyLength => 4;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out PathIdGrantAck frame)
    {
        var good = new SpanReader(body).UInt32(out var number).AtEnd;
        frame = good ? new PathIdGrantAck(number) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Number).End();
}
