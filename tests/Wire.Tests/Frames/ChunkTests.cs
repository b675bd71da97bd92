using CsCheck;
using NTMobile.Wire.Frames;

namespace NTMobile.Wire.Tests.Frames;

public sealed class ChunkTests
{
    [Fact]
    public void A_full_chunk_makes_a_datagram_of_512_bytes()
    {
        var chunk = Chunker.Split(Sequence(1000), messageId: 1)[0];
        var full = chunk with { Bytes = new byte[Chunk.MaxBytes] };

        Assert.Equal(479, Chunk.MaxBytes);
        Assert.Equal(512, SealedDatagram.Overhead + FrameWriter.SizeOf(full));
    }

    [Theory]
    [InlineData(488, false)]
    [InlineData(489, true)]
    public void Only_what_does_not_fit_must_be_cut(int length, bool needed) => Assert.Equal(needed, Chunker.IsNeeded(length));

    [Theory]
    [InlineData(10, 479, 2)]
    [InlineData(958, 479, 2)]
    [InlineData(959, 479, 3)]
    [InlineData(16 * 479, 479, 16)]
    [InlineData(16, 1, 16)]
    public void A_sequence_is_cut_into_as_few_chunks_as_possible(int length, int bytesPerChunk, int count)
    {
        var chunks = Chunker.Split(new byte[length], 5, bytesPerChunk);

        Assert.Equal(count, chunks.Length);
        Assert.All(chunks, chunk => Assert.Equal((5u, count), (chunk.MessageId, chunk.Count)));
        Assert.Equal(Enumerable.Range(0, count), chunks.Select(chunk => (int)chunk.Index));
        Assert.All(chunks, chunk => Assert.InRange(chunk.Bytes.Length, 1, bytesPerChunk));
        Assert.Equal(length, chunks.Sum(chunk => chunk.Bytes.Length));
    }

    [Theory]
    [InlineData(1, 479)]
    [InlineData((16 * 479) + 1, 479)]
    [InlineData(17, 1)]
    [InlineData(100, 480)]
    [InlineData(100, 0)]
    public void What_cannot_be_cut_is_our_own_mistake(int length, int bytesPerChunk) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Chunker.Split(new byte[length], 1, bytesPerChunk));

    [Fact]
    public void Chunks_in_any_order_and_repeated_give_the_sequence() =>
        Gen.Select(Gen.Int[5, Chunker.MaxSequenceLength], Gen.Int[0, 15].Array[0, 40]).Sample(
            (length, order) =>
            {
                var sequence = Sequence(length);
                var chunks = Chunker.Split(sequence, 1);
                var arrivals = order.Select(i => chunks[i % chunks.Length]).Concat(chunks).ToList();
                var assembler = new ChunkAssembler();

                var last = arrivals.Select((chunk, i) => (i, result: assembler.Add(chunk, out var frames), frames))
                    .First(arrival => arrival.result != ChunkResult.Incomplete);

                Assert.Equal(ChunkResult.Complete, last.result);
                Assert.Equal(sequence, last.frames);
                Assert.Equal(chunks.Length, arrivals.Take(last.i + 1).Distinct().Count());
            },
            iter: 300,
            threads: 1);

    [Fact]
    public void Two_messages_are_kept_and_the_one_begun_first_gives_way_to_a_third()
    {
        var assembler = new ChunkAssembler();
        var messages = Enumerable.Range(0, 3).Select(id => Chunker.Split(Sequence(600), (uint)id)).ToArray();

        Assert.All(messages, message => Assert.Equal(ChunkResult.Incomplete, assembler.Add(message[0], out _)));

        Assert.Equal(ChunkResult.Complete, assembler.Add(messages[1][1], out _));
        Assert.Equal(ChunkResult.Complete, assembler.Add(messages[2][1], out _));
        Assert.Equal(ChunkResult.Incomplete, assembler.Add(messages[0][1], out var frames));
        Assert.Empty(frames);
    }

    [Fact]
    public void A_chunk_that_contradicts_an_earlier_one_is_refused()
    {
        var assembler = new ChunkAssembler();
        var chunks = Chunker.Split(Sequence(600), 1);
        assembler.Add(chunks[0], out _);

        Assert.Equal(ChunkResult.Refused, assembler.Add(chunks[1] with { Count = 3 }, out _));
        Assert.Equal(ChunkResult.Refused, assembler.Add(chunks[1] with { Count = 3, Index = 2 }, out _));
        Assert.Equal(ChunkResult.Refused, assembler.Add(chunks[0] with { Bytes = [1] }, out _));
        Assert.Equal(ChunkResult.Complete, assembler.Add(chunks[1], out var frames));
        Assert.Equal(Sequence(600), frames);
    }

    [Fact]
    public void A_repeated_message_is_given_again()
    {
        var assembler = new ChunkAssembler();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var results = Chunker.Split(Sequence(600), 1).Select(chunk => assembler.Add(chunk, out var _)).ToArray();
            Assert.Equal([ChunkResult.Incomplete, ChunkResult.Complete], results);
        }
    }

    [Fact]
    public void A_chunk_within_chunks_and_a_broken_sequence_are_refused()
    {
        var nested = new FrameBuilder().Append(new Chunk(1, 0, 2, [1])).ToArray();

        Assert.Equal(ChunkResult.Refused, AddAll(Chunker.Split(nested, 1)));
        Assert.Equal(ChunkResult.Refused, AddAll(Chunker.Split([2, 0, 4, 1, 2, 3], 1)));
    }

    private static ChunkResult AddAll(Chunk[] chunks)
    {
        var assembler = new ChunkAssembler();
        return Array.ConvertAll(chunks, chunk => assembler.Add(chunk, out _))[^1];
    }

    // One frame that fills the length.
    private static byte[] Sequence(int length) => new FrameBuilder().Append(new Filler(length - FrameWriter.HeaderSize)).ToArray();

    private readonly struct Filler(int length) : IFrame<Filler>
    {
        public static FrameType Type => (FrameType)0xFF;

        public int BodyLength => length;

        public static bool TryRead(ReadOnlySpan<byte> body, out Filler frame)
        {
            frame = new Filler(body.Length);
            return true;
        }

        public void WriteBody(Span<byte> body)
        {
            for (var i = 0; i < body.Length; i++)
            {
                body[i] = (byte)i;
            }
        }
    }
}
