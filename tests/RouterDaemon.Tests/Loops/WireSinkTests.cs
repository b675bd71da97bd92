using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Loops;

namespace NTMobile.RouterDaemon.Tests.Loops;

/// <summary>Sealed datagrams on their way to a real socket on loopback: all arrive, in order, in runs as full as one send allows.</summary>
public sealed class WireSinkTests : IDisposable
{
    private const int Uplink = 1;
    private static readonly Endpoint Loopback = Endpoint.FromIpv4(0x7F00_0001, 0);
    private readonly UdpSocket _receiver = new(new UdpSocketOptions(Loopback));
    private readonly UplinkSockets _sockets = new(TimeProvider.System);
    private readonly WireSink _sink;
    private long _lost;
    private byte _mark;

    public WireSinkTests()
    {
        _sockets.Publish(new() { [Uplink] = new UdpSocket(new UdpSocketOptions(Loopback)) });
        _sink = new WireSink(_sockets, _ => true, (reason, count) => _lost += reason == DropReason.Backpressure ? count : 0, patienceMs: 50);
    }

    public void Dispose()
    {
        _sink.Dispose();
        _sockets.Dispose();
        _receiver.Dispose();
    }

    [Fact]
    public void Super_packets_fill_one_run_after_the_other()
    {
        for (var packet = 0; packet < 10; packet++)
        {
            Write(46, 1472);
        }

        _sink.Flush();
        var runs = Receive();
        Assert.Equal(460, runs.Sum(r => r.Count));
        Assert.All(runs.SkipLast(1), r => Assert.Equal(UdpSocket.MaximumRun / 1472, r.Count));
        Assert.Equal(Enumerable.Range(0, 460).Select(i => (byte)i), runs.SelectMany(r => r.Marks));
    }

    [Fact]
    public void Small_packets_share_a_run_up_to_the_number_that_one_send_takes()
    {
        for (var i = 0; i < 130; i++)
        {
            Write(1, 100);
        }

        _sink.Flush();
        Assert.Equal([64, 64, 2], Receive().Select(r => r.Count));
    }

    [Fact]
    public void A_shorter_datagram_ends_a_run_and_another_size_or_target_begins_one()
    {
        Write(3, 500, last: 20);
        Write(2, 500);
        Write(1, 300);
        Write(1, 300, ecn: 1);
        _sink.Flush();
        Assert.Equal([3, 2, 1, 1], Receive().Select(r => r.Count));
    }

    [Fact]
    public void An_uplink_that_is_gone_takes_nothing_and_the_loss_is_counted()
    {
        _sockets.Publish([]);
        Write(5, 100);
        _sink.Flush();
        Assert.Equal(5, _lost);
    }

    [Fact]
    public void Where_the_buffer_takes_long_to_empty_runs_become_shorter_and_longer_again()
    {
        var socket = _sockets[Uplink]!;
        int[] longest = [.. Enumerable.Range(0, 12).Select(_ => Fit(50))];
        Assert.Equal(UdpSocket.MaximumRun, longest[0]);
        Assert.InRange(longest[^1], 4 * 1472, 16 << 10);
        Write(46, 1472);
        _sink.Flush();
        Assert.All(Receive(), r => Assert.InRange(r.Count, 1, 11));

        Assert.Equal(longest[^1], Fit(20));
        longest = [.. Enumerable.Range(0, 12).Select(_ => Fit(1))];
        Assert.Equal(UdpSocket.MaximumRun, longest[^1]);

        int Fit(int ms)
        {
            socket.FitSendBuffer(TimeSpan.FromMilliseconds(ms));
            return socket.LongestRun;
        }
    }

    // As the router does it: room for some of the datagrams, and again until all are written.
    private void Write(int count, int size, int last = 0, byte ecn = 0)
    {
        for (var left = count; left > 0;)
        {
            var room = _sink.BeginRun(new PathTarget(Uplink, _receiver.Local, ecn), size, left);
            var taken = room.Length / size;
            Assert.InRange(taken, 1, left);
            for (var i = 0; i < taken; i++)
            {
                room[i * size] = _mark++;
            }

            left -= taken;
            _sink.EndRun((taken * size) - (left == 0 && last != 0 ? size - last : 0));
        }
    }

    private List<(int Count, byte[] Marks)> Receive()
    {
        List<(int, byte[])> runs = [];
        while (_receiver.Receive() > 0)
        {
            for (var i = 0; i < _receiver.Count; i++)
            {
                var run = _receiver[i];
                runs.Add((run.Count, [.. run.Bytes.ToArray().Chunk(run.DatagramSize).Select(d => d[0])]));
            }
        }

        return runs;
    }
}
