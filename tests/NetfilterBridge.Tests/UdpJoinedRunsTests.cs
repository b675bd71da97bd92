using NTMobile.Packets;
using NTMobile.TestSupport;
using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

public sealed class UdpJoinedRunsTests : IDisposable
{
    private static readonly Endpoint To = Endpoint.Parse("10.0.0.2:4330");
    private readonly NativeBuffer _memory = new(256 * 1024);
    private readonly UdpJoinedRuns _runs = new();

    public UdpJoinedRunsTests()
    {
        for (var i = 0; i < _memory.Length; i++)
        {
            _memory.Span[i] = (byte)(i * 7);
        }
    }

    public void Dispose()
    {
        _memory.Dispose();
        _runs.Dispose();
    }

    [Fact]
    public void Runs_of_one_size_are_joined_until_a_shorter_datagram_ends_them()
    {
        Assert.True(Add(0, 2800, 1400));
        Assert.True(Add(10_000, 1400, 1400));
        Assert.True(Add(20_000, 2100, 1400));
        Assert.False(Add(30_000, 1400, 1400));
        Assert.False(Add(30_000, 700, 700));
        Assert.Equal((5, 3, 6300, 1400), (_runs.Count, _runs.RunCount, _runs.Length, _runs.DatagramSize));
        Assert.True(_runs[1].SequenceEqual(_memory.Span.Slice(10_000, 1400)));

        _runs.Clear();
        Assert.Equal((0, 0), (_runs.Count, _runs.RunCount));
        Assert.True(Add(30_000, 700, 700));
        Assert.False(Add(40_000, 1400, 1400)); // longer ones begin another send
        Assert.True(Add(40_000, 300, 300));
        Assert.False(Add(50_000, 300, 300));
    }

    [Fact]
    public void What_lies_together_is_one_run()
    {
        Assert.True(Add(0, 1400, 1400));
        Assert.True(Add(1400, 2800, 1400));
        Assert.Equal((3, 1), (_runs.Count, _runs.RunCount));
    }

    [Fact]
    public void Another_receiver_source_or_type_of_service_is_not_joined()
    {
        Assert.True(Add(0, 1400, 1400));
        Assert.False(_runs.TryAdd(Endpoint.Parse("10.0.0.2:4331"), _memory.Span[..1400], 1400, 0, default));
        Assert.False(_runs.TryAdd(To, _memory.Span[..1400], 1400, 1, default));
        Assert.False(_runs.TryAdd(To, _memory.Span[..1400], 1400, 0, Endpoint.Parse("10.0.0.1:0")));
    }

    [Fact]
    public void One_sends_limits_are_kept()
    {
        Assert.True(Add(0, 63 * 64, 64));
        Assert.False(Add(10_000, 128, 64));
        Assert.True(Add(10_000, 64, 64));
        Assert.False(Add(20_000, 64, 64));
        _runs.Clear();
        Assert.True(Add(0, 46 * 1400, 1400));
        Assert.False(Add(100_000, 1400, 1400));
        Assert.True(Add(100_000, UdpSocket.MaximumRun - (46 * 1400), UdpSocket.MaximumRun - (46 * 1400)));
    }

    [Fact]
    public void Joined_runs_arrive_as_one_in_order()
    {
        using NetNamespace left = new(), right = new();
        NetNamespace.Join(left, "a0", "10.0.0.1/24", right, "b0", "10.0.0.2/24");
        using var sender = left.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 0))));
        using var receiver = right.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 4330))));
        for (var i = 0; i < 40; i++)
        {
            Assert.True(Add(i * 5000, 1400, 1400));
        }

        Assert.True(Add(220_000, 333, 333));
        Assert.Equal(SendStatus.Sent, sender.Send(_runs).Status);

        Assert.Equal(1, receiver.Receive(5000));
        Assert.Equal((1400, 41), (receiver[0].DatagramSize, receiver[0].Count));
        for (var i = 0; i < 40; i++)
        {
            Assert.True(receiver[0].Bytes.Slice(i * 1400, 1400).SequenceEqual(_memory.Span.Slice(i * 5000, 1400)));
        }

        Assert.True(receiver[0].Bytes[56_000..].SequenceEqual(_memory.Span.Slice(220_000, 333)));
        _runs.Clear();
        Assert.True(Add(0, 500, 500));
        Assert.Equal(SendStatus.Sent, sender.Send(_runs).Status);
        Assert.Equal(1, receiver.Receive(5000));
        Assert.Equal((500, 1), (receiver[0].Bytes.Length, receiver[0].Count));
    }

    private bool Add(int at, int length, int size) => _runs.TryAdd(To, _memory.Span.Slice(at, length), size, 0, default);
}
