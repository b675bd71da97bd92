namespace NTMobile.Wire.Frames;

/// <summary>What became of a chunk.</summary>
public enum ChunkResult
{
    /// <summary>It was kept (or was there already); more are needed.</summary>
    Incomplete,

    /// <summary>It was the last one missing.</summary>
    Complete,

    /// <summary>It contradicts an earlier chunk of the same message, or the whole is no sequence of frames; dropped.</summary>
    Refused,
}

/// <summary>
/// Puts the chunks of one authenticated session together again, in any order. It keeps at most two unfinished messages of
/// 16 × 479 bytes; the one begun first gives way to a third.
/// </summary>
public sealed class ChunkAssembler
{
    /// <summary>Unfinished messages kept at most.</summary>
    public const int MaxMessages = 2;

    // In the order in which they were begun.
    private readonly List<Message> _messages = new(MaxMessages);

    /// <summary>Takes a chunk.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="frames">The whole sequence of frames, when <see cref="ChunkResult.Complete"/>; else empty.</param>
    public ChunkResult Add(Chunk chunk, out byte[] frames)
    {
        frames = [];
        var message = _messages.Find(message => message.Id == chunk.MessageId) ?? Begin(chunk);
        if (!message.TryAdd(chunk))
        {
            return ChunkResult.Refused;
        }

        if (!message.IsComplete)
        {
            return ChunkResult.Incomplete;
        }

        _messages.Remove(message);
        var whole = message.Join();
        if (!IsSequence(whole))
        {
            return ChunkResult.Refused;
        }

        frames = whole;
        return ChunkResult.Complete;
    }

    private Message Begin(Chunk chunk)
    {
        if (_messages.Count == MaxMessages)
        {
            _messages.RemoveAt(0);
        }

        var message = new Message(chunk.MessageId, chunk.Count);
        _messages.Add(message);
        return message;
    }

    // A chunk inside would let a peer nest them without end.
    private static bool IsSequence(byte[] whole)
    {
        var reader = new FrameReader(whole);
        while (reader.TryRead(out var type, out _))
        {
            if (type == FrameType.Chunk)
            {
                return false;
            }
        }

        return !reader.Malformed;
    }

    private sealed class Message(uint id, int count)
    {
        private readonly byte[]?[] _parts = new byte[count][];

        public uint Id => id;

        public bool IsComplete => !_parts.Contains(null);

        public bool TryAdd(Chunk chunk)
        {
            if (chunk.Count != count || chunk.Index >= count)
            {
                return false;
            }

            var kept = _parts[chunk.Index] ??= chunk.Bytes;
            return kept.AsSpan().SequenceEqual(chunk.Bytes);
        }

        public byte[] Join() => [.. _parts.SelectMany(static part => part!)];
    }
}
