using System.Buffers;
using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

/// <summary>Datagrams in a byte stream: as they went in they come out, however the stream cuts them.</summary>
public sealed class DatagramStreamTests
{
    private const int Limit = 10_000;

    [Fact]
    public async Task Datagrams_come_out_as_they_went_in_split_at_every_byte()
    {
        int[] sizes = [1, 100, 100, 100, 40, 1472, 1472, 7, DatagramFraming.MaximumDatagram];
        var stream = await WriteAsync([.. sizes.Select(Datagram)]);

        for (var cut = 0; cut <= stream.Length; cut++)
        {
            var taken = new List<byte[]>();
            var left = Take(new ReadOnlySequence<byte>(stream, 0, cut), taken);
            Take(new ReadOnlySequence<byte>([.. left.ToArray(), .. stream.AsSpan(cut)]), taken);
            Assert.Equal(sizes.Select(Datagram), taken);
        }
    }

    [Fact]
    public async Task Those_of_one_size_are_taken_together_with_a_shorter_last_one()
    {
        var stream = new ReadOnlySequence<byte>(await WriteAsync([Datagram(100), Datagram(100), Datagram(40), Datagram(100), Datagram(200)]));
        var room = new byte[DatagramFraming.MaximumDatagram];
        var runs = new List<(int Length, int Size)>();
        while (DatagramFraming.TryTakeRun(ref stream, room, out var length, out var size) && length > 0)
        {
            runs.Add((length, size));
        }

        Assert.Equal([(240, 100), (100, 100), (200, 200)], runs);
        Assert.True(stream.IsEmpty);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(DatagramFraming.MaximumDatagram + 1)]
    [InlineData(ushort.MaxValue)]
    public async Task A_length_that_cannot_be_is_refused_behind_what_was_good(int length)
    {
        var good = await WriteAsync([Datagram(50)]);
        var stream = new ReadOnlySequence<byte>([.. good, (byte)(length >> 8), (byte)length, 1, 2, 3]);
        var room = new byte[DatagramFraming.MaximumDatagram];
        Assert.True(DatagramFraming.TryTakeRun(ref stream, room, out var taken, out _));
        Assert.Equal(50, taken);
        Assert.False(DatagramFraming.TryTakeRun(ref stream, room, out taken, out _));
        Assert.Equal(0, taken);
    }

    [Fact]
    public async Task What_finds_no_room_is_refused_and_there_is_room_again_when_the_stream_has_taken_some()
    {
        using var queue = new DatagramQueue(Limit);
        var taken = Enumerable.Range(0, 100).TakeWhile(_ => queue.TryAdd(Datagram(1000), 1000)).Count();
        Assert.Equal(9, taken);
        Assert.True(queue.TryAdd(Datagram(Limit - (9 * 1002) - 2), 1000));
        Assert.False(queue.TryAdd([1], 1));

        using var end = new CancellationTokenSource();
        var stream = new MemoryStream();
        var writing = queue.WriteToAsync(stream, end.Token);
        while (stream.Length < Limit)
        {
            await Task.Yield();
        }

        Assert.True(queue.TryAdd(Datagram(1000), 1000));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.False(queue.TryAdd([1], 1)); // nobody would ever write it
    }

    private static byte[] Datagram(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)(i + size))];

    private static async Task<byte[]> WriteAsync(byte[][] datagrams)
    {
        using var queue = new DatagramQueue(100_000);
        foreach (var datagram in datagrams)
        {
            Assert.True(queue.TryAdd(datagram, datagram.Length));
        }

        using var end = new CancellationTokenSource();
        var stream = new MemoryStream();
        var writing = queue.WriteToAsync(stream, end.Token);
        while (stream.Length < datagrams.Sum(d => d.Length + DatagramFraming.LengthSize))
        {
            await Task.Yield();
        }

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        return stream.ToArray();
    }

    private static ReadOnlySequence<byte> Take(ReadOnlySequence<byte> stream, List<byte[]> to)
    {
        var room = new byte[4 * DatagramFraming.MaximumDatagram];
        while (DatagramFraming.TryTakeRun(ref stream, room, out var length, out var size) && length > 0)
        {
            for (var at = 0; at < length; at += size)
            {
                to.Add(room[at..Math.Min(at + size, length)]);
            }
        }

        return stream;
    }
}
