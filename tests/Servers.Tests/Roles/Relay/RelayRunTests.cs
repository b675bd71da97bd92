using NTMobile.Packets;
using NTMobile.RelayServer;
using NTMobile.Security.Channel;
using NTMobile.Wire;

namespace NTMobile.Servers.Tests.Roles;

/// <summary>What happens to runs: datagrams of one size from one source, received together.</summary>
public class RelayRunTests : RelayScene
{
    private static readonly PathId SendA2 = PathId.Of(0x0A0A0B);
    private static readonly PathId ReceiveC = PathId.Of(0x0C0001);
    private readonly Recorder _output = new();

    public RelayRunTests() => World = new World(rsOutput: network =>
    {
        _output.Network = network;
        return _output;
    });

    [Theory]
    [InlineData(40, 1400, 700)]
    [InlineData(46, 1400, 1107)]
    [InlineData(63, 64, 24)]
    [InlineData(63, 24, 24)]
    [InlineData(0, 1400, 1400)]
    public void A_run_stays_a_run_with_its_shorter_last_datagram(int full, int size, int last)
    {
        (TestNode a, TestNode b) = Joined();
        byte[] run = [.. Enumerable.Range(0, full).SelectMany(_ => Data(SendA.WithEpoch(2), size)), .. Data(SendA.WithEpoch(2), last)];

        Receive(run, size, a, ecn: 2);

        Assert.Equal([new Sent(b.At, run.Length, full == 0 ? last : size, 2)], _output.Forwarded);
        World.Network.Deliver();
        Assert.Equal([.. Enumerable.Repeat(size, full), last], b.Others.Select(datagram => datagram.Length));
        Assert.All(b.Others, datagram => Assert.Equal(Data(ReceiveB.WithEpoch(2), datagram.Length), datagram));
        Assert.Equal((full + 1, run.Length), (World.Rs.Forwarded.PayloadPackets, World.Rs.Forwarded.PayloadBytes));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_run()
    {
        (TestNode a, _) = Joined();
        byte[] run = [.. Enumerable.Range(0, 40).SelectMany(_ => Data(SendA, 1400)), .. Data(SendA, 700)];
        byte[] again = [.. run];
        _output.Records = false;
        World.Rs.ReceiveRun(again, 1400, a.At);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            run.CopyTo(again, 0);
            World.Rs.ReceiveRun(again, 1400, a.At);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(101 * 41, World.Rs.Forwarded.PayloadPackets);
    }

    [Fact]
    public void A_run_that_is_mixed_is_parted_by_receiver_in_order()
    {
        (TestNode a, TestNode b) = Joined();
        TestNode c = JoinedTo(a);
        byte[] run = [.. Data(SendA, 64), .. Data(SendA, 64), .. Data(SendA2, 64), .. Data(PathId.Of(5), 64), .. Data(SendA, 30)];

        Receive(run, 64, a);

        Assert.Equal([new Sent(b.At, 128, 64, 0), new Sent(c.At, 64, 64, 0), new Sent(b.At, 30, 30, 0)], _output.Forwarded);
        World.Network.Deliver();
        Assert.Equal([64, 64, 30], b.Others.Select(datagram => datagram.Length));
        Assert.Equal(ReceiveC, PathId.Read(Assert.Single(c.Others).AsSpan(1)));
        Assert.Equal(1, World.Rs.Sessions.Drops[SessionDrop.UnknownPath]);
    }

    [Fact]
    public void Epochs_and_types_may_change_within_a_run()
    {
        (TestNode a, TestNode b) = Joined();
        byte[] run =
        [
            .. Data(SendA, 64), .. Data(SendA.WithEpoch(1), 64), .. Data(SendA.WithEpoch(1), 64, DatagramType.DataFull),
            .. Data(SendA.WithEpoch(1), 64, DatagramType.Locator), .. Data(SendA.WithEpoch(1), 64, DatagramType.Punch),
        ];

        Receive(run, 64, a);
        World.Network.Deliver();

        Assert.Equal([0, 1, 1, 1], b.Others.Select(datagram => PathId.Read(datagram.AsSpan(1)).Epoch));
        Assert.Equal((1, 1), (World.Rs.Forwarded.Packets(DatagramType.DataFull), World.Rs.Forwarded.Packets(DatagramType.Locator)));
        Assert.Equal(1, World.Rs.Drops[RelayDrop.NotRelayed]);
    }

    [Theory]
    [InlineData(64, 23, 3)] // the last has no room for header and tag
    [InlineData(64, 3, 3)] // nor for a path id
    [InlineData(23, 23, 0)]
    [InlineData(3, 1, 0)]
    public void Datagrams_that_are_too_short_do_not_take_the_others_along(int size, int last, int forwarded)
    {
        (TestNode a, _) = Joined();
        byte[] datagram = Data(SendA, 64);
        byte[] run = [.. datagram[..size], .. datagram[..size], .. datagram[..size], .. datagram[..last]];

        Receive(run, size, a);

        Assert.Equal(forwarded, World.Rs.Forwarded.PayloadPackets);
        Assert.Equal(4 - forwarded, World.Rs.Drops[RelayDrop.NotRelayed] + World.Rs.Sessions.Drops[SessionDrop.NotForServers]);
        Assert.Equal(forwarded == 0 ? [] : [size * forwarded], _output.Forwarded.Select(sent => sent.Length));
    }

    [Fact]
    public void Every_datagram_of_a_refused_run_is_counted()
    {
        (TestNode a, TestNode b) = Joined();
        byte[] run = [.. Enumerable.Range(0, 10).SelectMany(_ => Data(SendA, 64))];

        Receive([.. run], 64, b);
        Receive([.. Enumerable.Range(0, 10).SelectMany(_ => Data(PathId.Of(5), 64))], 64, a);
        World.PassSeconds(121);
        Receive([.. run], 64, a);

        Assert.Empty(_output.Forwarded);
        Assert.Equal(10, World.Rs.Drops[RelayDrop.WrongSource]);
        Assert.Equal(20, World.Rs.Sessions.Drops[SessionDrop.UnknownPath]);
    }

    [Fact]
    public void Of_a_run_of_locators_the_last_is_kept()
    {
        (TestNode a, TestNode b) = Joined();
        byte[] last = Data(SendA, 64, DatagramType.Locator);
        last[40] ^= 1;
        Receive([.. Data(SendA, 64, DatagramType.Locator), .. last], 64, a);
        World.Network.Deliver();

        b.MoveTo(Endpoint.Parse("198.51.100.66:6"));
        b.Send(new Wire.Frames.Ping(2));

        Assert.Equal(3, b.Others.Count);
        Assert.Equal(last[4..], b.Others[2][4..]);
    }

    private TestNode JoinedTo(TestNode a)
    {
        TestNode c = World.NodeAtRs("c.ntm.test");
        Join(a, 0, SendA2, PathId.Of(0x0A0002), slot: 8);
        Join(c, 1, PathId.Of(0x0C0C0C), ReceiveC, slot: 8);
        return c;
    }

    private void Receive(byte[] run, int size, TestNode from, byte ecn = 0) => World.Rs.ReceiveRun(run, size, from.At, ecn);

    private sealed record Sent(Endpoint To, int Length, int Size, byte Ecn);

    /// <summary>Writes down what is forwarded, and passes it on.</summary>
    private sealed class Recorder : IRelayOutput
    {
        public IRelayOutput Network { get; set; } = null!;

        public List<Sent> Forwarded { get; } = [];

        public bool Records { get; set; } = true;

        public void Send(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn = 0) => Network.Send(to, run, datagramSize, ecn);

        public void Forward(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn)
        {
            if (Records)
            {
                Forwarded.Add(new Sent(to, run.Length, datagramSize, ecn));
                Network.Send(to, run, datagramSize, ecn);
            }
        }
    }
}
