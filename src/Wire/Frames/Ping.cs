namespace NTMobile.Wire.Frames;

/// <summary>Asks for a sign of life, and for the endpoint from which it is seen.</summary>
/// <remarks>
/// <code>
///  0            4
///  +------------+
///  | number (4) |
///  +------------+
/// </code>
/// </remarks>
/// <param name="Number">Comes back in the <see cref="Pong"/>.</param>
public readonly record struct Ping(uint Number) : IFrame<Ping>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.Ping;

    /// <inheritdoc/>
    public int BodyLength => 4;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out Ping frame)
    {
        var good = new SpanReader(body).UInt32(out var number).AtEnd;
        frame = good ? new Ping(number) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Number).End();
}
