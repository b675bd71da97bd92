namespace NTMobile.Wire.Frames;

/// <summary>RS to DS: the key of a <see cref="RelayKey"/> is known now.</summary>
/// <remarks>
/// <code>
///  0            4
///  +------------+
///  | key id (4) |
///  +------------+
/// </code>
/// </remarks>
/// <param name="KeyId">The key's number.</param>
public readonly record struct RelayKeyAck(uint KeyId) : IFrame<RelayKeyAck>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.RelayKeyAck;

    /// <inheritdoc/>
    public int BodyLength => 4;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out RelayKeyAck frame)
    {
        var good = new SpanReader(body).UInt32(out var number).AtEnd;
        frame = good ? new RelayKeyAck(number) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(KeyId).End();
}
