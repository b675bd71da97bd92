using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.Security.Channel;

/// <summary>Seals a sequence of frames into as many Control datagrams as it needs.</summary>
internal static class SealedFrames
{
    /// <summary>Seals <paramref name="frames"/>: one datagram, or one per chunk when the sequence is too long.</summary>
    /// <param name="keys">The session.</param>
    /// <param name="path">The peer's receive path.</param>
    /// <param name="frames">1 to <see cref="Chunker.MaxSequenceLength"/> bytes.</param>
    /// <returns>Whole datagrams of at most 512 bytes, in order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is too long.</exception>
    public static byte[][] Seal(SecureSession keys, PathId path, ReadOnlySpan<byte> frames)
    {
        if (!Chunker.IsNeeded(frames.Length))
        {
            return [One(keys, path, frames)];
        }

        Chunk[] chunks = Chunker.Split(frames, MessageId(frames));
        var datagrams = new byte[chunks.Length][];
        Span<byte> content = stackalloc byte[SealedDatagram.UnknownPathContentLimit];
        for (int i = 0; i < chunks.Length; i++)
        {
            var writer = new FrameWriter(content);
            writer.TryAppend(chunks[i]);
            datagrams[i] = One(keys, path, writer.Written);
        }

        return datagrams;
    }

    // A repeated sequence keeps its number (so that chunks of two transmissions complete one another); another one has another.
    private static uint MessageId(ReadOnlySpan<byte> frames)
    {
        Span<byte> digest = stackalloc byte[System.Security.Cryptography.SHA256.HashSizeInBytes];
        System.Security.Cryptography.SHA256.HashData(frames, digest);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(digest);
    }

    /// <summary>Seals <paramref name="content"/> in one datagram, however long it gets.</summary>
    public static byte[] One(SecureSession keys, PathId path, ReadOnlySpan<byte> content)
    {
        var datagram = new byte[SealedDatagram.Overhead + content.Length];
        keys.Seal((byte)DatagramType.Control, (uint)path.Path, keys.Reserve(1), content, datagram);
        return datagram;
    }
}
