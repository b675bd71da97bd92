namespace NTMobile.Wire.Frames;

/// <summary>Asks whether the peer hears this path, and whether the path carries a datagram of this size.</summary>
/// <remarks>
/// <code>
///  0           8
///  +-----------+-----------------------------------+
///  | nonce (8) | zero bytes to the end: padding …  |
///  +-----------+-----------------------------------+
/// </code>
/// </remarks>
/// <param name="Nonce">Random; comes back in the <see cref="PathResponse"/>.</param>
/// <param name="Padding">How many zero bytes follow.</param>
public readonly record struct PathChallenge(ulong Nonce, int Padding = 0) : IFrame<PathChallenge>
{
    private const int NonceSize = 8;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.PathChallenge;

    /// <inheritdoc/>
    public int BodyLength => NonceSize + Padding;

    /// <summary>A challenge that fills a datagram, if it is the only frame there.</summary>
    /// <param name="nonce">Random.</param>
    /// <param name="datagramSize">Size of the whole datagram (UDP payload) in bytes.</param>
    public static PathChallenge OfDatagramSize(ulong nonce, int datagramSize) =>
        new(nonce, datagramSize - SealedDatagram.Overhead - FrameWriter.HeaderSize - NonceSize);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out PathChallenge frame)
    {
        var reader = new SpanReader(body).UInt64(out var nonce);
        var padding = reader.Remaining;
        var good = reader.Bytes(padding, out var zeros).AtEnd && !zeros.ContainsAnyExcept((byte)0);
        frame = good ? new PathChallenge(nonce, padding) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body)
    {
        body[NonceSize..].Clear();
        new SpanWriter(body[..NonceSize]).UInt64(Nonce).End();
    }
}
