namespace NTMobile.Wire.Frames;

/// <summary>Cuts a sequence of frames that is too long for one datagram.</summary>
public static class Chunker
{
    /// <summary>Longest sequence in bytes.</summary>
    public const int MaxSequenceLength = Chunk.MaxCount * Chunk.MaxBytes;

    /// <summary>Whether a sequence must be cut to fit into one datagram of <see cref="DatagramHeader.UnknownPathLimit"/> bytes.</summary>
    public static bool IsNeeded(int sequenceLength) => sequenceLength > SealedDatagram.UnknownPathContentLimit;

    /// <summary>Cuts a sequence into chunks, each for a datagram of its own.</summary>
    /// <param name="frames">Frames, at least 2 bytes and at most <see cref="MaxSequenceLength"/>.</param>
    /// <param name="messageId">A number that no other sequence of this session had lately; a repeated one keeps its own.</param>
    /// <param name="bytesPerChunk">1–<see cref="Chunk.MaxBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sequence gives fewer than 2 or more than 16 chunks, or the chunks are too long.</exception>
    public static Chunk[] Split(ReadOnlySpan<byte> frames, uint messageId, int bytesPerChunk = Chunk.MaxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytesPerChunk, Chunk.MaxBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames.Length, 2, nameof(frames));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames.Length, Chunk.MaxCount * bytesPerChunk, nameof(frames));

        var count = Math.Max(2, (frames.Length + bytesPerChunk - 1) / bytesPerChunk);
        var length = (frames.Length + count - 1) / count;
        var chunks = new Chunk[count];
        for (var i = 0; i < count; i++)
        {
            var end = Math.Min((i + 1) * length, frames.Length);
            chunks[i] = new Chunk(messageId, (byte)i, (byte)count, frames[(i * length)..end].ToArray());
        }

        return chunks;
    }
}
