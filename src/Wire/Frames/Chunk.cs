using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>A part of a sequence of frames that is too long for one datagram.</summary>
/// <remarks>
/// <code>
///  0                4       5       6
///  +----------------+-------+-------+-----------------+
///  | message id (4) | index | count | bytes (1–479) … |
///  +----------------+-------+-------+-----------------+
///  count 2–16, index below it
/// </code>
/// A Chunk is never part of such a sequence itself.
/// </remarks>
/// <param name="MessageId">Names the sequence within the session; a repeated sequence keeps it, a different one has another.</param>
/// <param name="Index">Which part, from 0.</param>
/// <param name="Count">How many parts there are.</param>
/// <param name="Bytes">The part.</param>
public sealed record Chunk(uint MessageId, byte Index, byte Count, byte[] Bytes) : IFrame<Chunk>
{
    /// <summary>Most parts of one sequence.</summary>
    public const int MaxCount = 16;

    /// <summary>Most bytes of one part: with everything around it, a datagram of 512 bytes.</summary>
    public const int MaxBytes = SealedDatagram.UnknownPathContentLimit - FrameWriter.HeaderSize - FixedLength;

    private const int FixedLength = 4 + 1 + 1;
    private const int MinCount = 2;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.Chunk;

    /// <inheritdoc/>
    public int BodyLength => FixedLength + Bytes.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out Chunk frame)
    {
        var good = new SpanReader(body).UInt32(out var id).Byte(out var index).Byte(out var count, MinCount, MaxCount)
            .Rest(1, MaxBytes, out var bytes).AtEnd && index < count;
        frame = good ? new Chunk(id, index, count, bytes) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) =>
        new SpanWriter(body).UInt32(MessageId).Byte(Index, 0, (byte)(Count - 1)).Byte(Count, MinCount, MaxCount).Bytes(Bytes, 1, MaxBytes).End();
}
