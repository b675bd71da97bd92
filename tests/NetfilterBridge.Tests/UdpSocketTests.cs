using NTMobile.Linux;
using NTMobile.Packets;
using NTMobile.TestSupport;
using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

public sealed class UdpSocketTests : IDisposable
{
    private readonly NetNamespace _left = new();
    private readonly NetNamespace _right = new();
    private readonly List<UdpSocket> _sockets = [];

    public UdpSocketTests()
    {
        NetNamespace.Join(_left, "a0", "10.0.0.1/24", _right, "b0", "10.0.0.2/24");
        _left.Exec("ip", "address add fd00::1/64 dev a0 nodad");
        _right.Exec("ip", "address add fd00::2/64 dev b0 nodad");
    }

    public void Dispose()
    {
        _sockets.ForEach(s => s.Dispose());
        _left.Dispose();
        _right.Dispose();
    }

    [Theory]
    [InlineData("10.0.0.1:4330", "10.0.0.2:4330")]
    [InlineData("[fd00::1]:4330", "[fd00::2]:4330")]
    public void A_run_goes_there_and_back_in_one_piece(string leftText, string rightText)
    {
        Endpoint left = Endpoint.Parse(leftText), right = Endpoint.Parse(rightText);
        var any = left.IsIpv4 ? Endpoint.FromIpv4(0, 4330) : Endpoint.FromIpv6(0, 4330);
        var sender = Open(_left, new UdpSocketOptions(any));
        var receiver = Open(_right, new UdpSocketOptions(any));
        var bytes = Enumerable.Range(0, (41 * 1400) + 333).Select(i => (byte)(i * 7)).ToArray();
        Assert.Equal(SendStatus.Sent, sender.Send(right, bytes, 1400, tos: 0xBA).Status);
        Assert.Equal(1, receiver.Receive(5000));
        var run = receiver[0];
        Assert.Equal((1400, 42), (run.DatagramSize, run.Count));
        Assert.True(run.Bytes.SequenceEqual(bytes));
        Assert.Equal(left, run.From);
        Assert.Equal(right, run.Local);
        Assert.Equal(0xBA, run.Tos);
        Assert.Equal((int)_right.Run(() => Libc.if_nametoindex("b0")), run.Interface);

        Assert.Equal(SendStatus.Sent, receiver.Send(run.From, "pong"u8, 4, from: run.Local).Status);
        Assert.Equal(1, sender.Receive(5000));
        Assert.Equal("pong"u8, sender[0].Bytes);
        Assert.Equal((4, 1, 0), (sender[0].DatagramSize, sender[0].Count, (int)sender[0].Tos));
    }

    [Fact]
    public void Behind_a_NAT64_others_have_IPv4_addresses()
    {
        // fd00::2 is 0.0.0.2 by this prefix.
        var nat64 = Nat64Prefix.Create(Endpoint.Parse("[fd00::]:0").Address, 96);
        var sender = Open(_left, new UdpSocketOptions(Endpoint.FromIpv6(0, 4331)) { Nat64 = nat64 });
        var receiver = Open(_right, new UdpSocketOptions(Endpoint.FromIpv6(0, 4330)));
        Assert.Equal(SendStatus.Sent, sender.Send(Endpoint.Parse("0.0.0.2:4330"), new byte[3000], 1000).Status);
        Assert.Equal(1, receiver.Receive(5000));
        Assert.Equal((Endpoint.Parse("[fd00::1]:4331"), 3), (receiver[0].From, receiver[0].Count));

        Assert.Equal(SendStatus.Sent, receiver.Send(receiver[0].From, "pong"u8, 4).Status);
        Assert.Equal(1, sender.Receive(5000));
        Assert.Equal(Endpoint.Parse("0.0.0.2:4330"), sender[0].From);
    }

    [Fact]
    public void Many_senders_are_received_by_one_call()
    {
        var receiver = Open(_right, new UdpSocketOptions(Endpoint.Parse("10.0.0.2:4330")) { BatchSize = 16 });
        for (byte i = 0; i < 10; i++)
        {
            var sender = Open(_left, new UdpSocketOptions(Endpoint.FromIpv4(0, 0)));
            Assert.NotEqual(0, sender.Local.Port);
            sender.Send(Endpoint.Parse("10.0.0.2:4330"), [i, i], 2);
        }

        Assert.Equal(10, receiver.Receive(5000));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal([(byte)i, (byte)i], receiver[i].Bytes.ToArray());
        }
    }

    [Fact]
    public void A_size_above_the_interfaces_MTU_is_refused_and_one_below_a_learnt_path_MTU_is_not_held_back()
    {
        var sender = Open(_left, new UdpSocketOptions(Endpoint.FromIpv4(0, 0)));
        var to = Endpoint.Parse("10.0.0.2:4330");
        Assert.Equal(SendStatus.Sent, sender.Send(to, new byte[1472], 1472).Status);
        Assert.Equal(new SendResult(SendStatus.TooBig, Libc.EMSGSIZE), sender.Send(to, new byte[1473], 1473));
        Assert.Equal(SendStatus.TooBig, sender.Send(to, new byte[14730], 1473).Status);
        _left.Exec("ip", "route add 10.0.0.2/32 dev a0 mtu 576");
        Assert.Equal(SendStatus.Sent, sender.Send(to, new byte[1472], 1472).Status);
    }

    [Fact]
    public void An_address_without_a_way_is_told()
    {
        var sender = Open(_left, new UdpSocketOptions(Endpoint.FromIpv4(0, 0)));
        Assert.Equal(new SendResult(SendStatus.Unreachable, Libc.ENETUNREACH), sender.Send(Endpoint.Parse("8.8.8.8:1"), [1], 1));
        _left.Exec("ip", "link set a0 down");
        Assert.Equal(SendStatus.Unreachable, sender.Send(Endpoint.Parse("10.0.0.2:1"), [1], 1).Status);
    }

    [Fact]
    public void A_closed_port_does_not_disturb_the_socket()
    {
        var sender = Open(_left, new UdpSocketOptions(Endpoint.FromIpv4(0, 0)));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(SendStatus.Sent, sender.Send(Endpoint.Parse("10.0.0.2:9"), [1], 1).Status);
            Assert.Equal(0, sender.Receive(20));
        }
    }

    [Fact]
    public void A_socket_of_an_interface_uses_no_other()
    {
        var sender = Open(_left, new UdpSocketOptions(Endpoint.FromIpv4(0, 0)) { Device = "a0" });
        Assert.Equal(SendStatus.Sent, sender.Send(Endpoint.Parse("10.0.0.2:9"), [1], 1).Status);
        Assert.Equal(Libc.ENODEV, Assert.Throws<LinuxException>(
            () => Open(_left, new UdpSocketOptions(Endpoint.FromIpv4(0, 0)) { Device = "wan7" })).Errno);
    }

    [Fact]
    public void A_taken_port_is_told()
    {
        Open(_left, new UdpSocketOptions(Endpoint.FromIpv4(0, 4330)));
        Assert.Equal(Libc.EADDRINUSE, Assert.Throws<LinuxException>(
            () => Open(_left, new UdpSocketOptions(Endpoint.FromIpv4(0, 4330)))).Errno);
    }

    [Fact]
    public void A_run_beyond_the_limits_is_our_own_mistake()
    {
        var sender = Open(_left, new UdpSocketOptions(Endpoint.FromIpv4(0, 0)));
        var to = Endpoint.Parse("10.0.0.2:9");
        Assert.Throws<ArgumentException>(() => sender.Send(to, new byte[65], 1));
        Assert.Throws<ArgumentException>(() => sender.Send(to, new byte[65508], 1400));
        Assert.Equal(SendStatus.Sent, sender.Send(to, new byte[64], 1).Status);
        Assert.Equal(SendStatus.Sent, sender.Send(to, new byte[65507], 1440).Status);
    }

    [Fact]
    public void An_empty_datagram_is_a_run_of_one()
    {
        var sender = Open(_left, new UdpSocketOptions(Endpoint.FromIpv4(0, 0)));
        var receiver = Open(_right, new UdpSocketOptions(Endpoint.FromIpv4(0, 4330)));
        Assert.Equal(SendStatus.Sent, sender.Send(Endpoint.Parse("10.0.0.2:4330"), [], 0).Status);
        Assert.Equal(1, receiver.Receive(5000));
        Assert.Equal((0, 1), (receiver[0].Bytes.Length, receiver[0].Count));
    }

    [Fact]
    public void One_receiver_serves_several_sockets_in_turns()
    {
        using var receiver = new WireReceiver();
        var first = Open(_right, new UdpSocketOptions(Endpoint.FromIpv4(0, 4331)));
        var second = Open(_right, new UdpSocketOptions(Endpoint.FromIpv4(0, 4332)));
        receiver.SetSockets([first, second]);
        Assert.Null(receiver.Next(-1));
        Assert.Null(receiver.Next(10));
        var sender = Open(_left, new UdpSocketOptions(Endpoint.FromIpv4(0, 0)));
        sender.Send(Endpoint.Parse("10.0.0.2:4331"), [1], 1);
        sender.Send(Endpoint.Parse("10.0.0.2:4332"), [2], 1);
        HashSet<UdpSocket> seen = [receiver.Next(5000)!, receiver.Next(5000)!];
        Assert.Equal([first, second], seen);
        Assert.Null(receiver.Next(10));

        receiver.Wake();
        Assert.Null(receiver.Next(-1));
        receiver.SetSockets([second]);
        Assert.Null(receiver.Next(-1));
        sender.Send(Endpoint.Parse("10.0.0.2:4331"), [1], 1);
        sender.Send(Endpoint.Parse("10.0.0.2:4332"), [2], 1);
        Assert.Same(second, receiver.Next(5000));
        Assert.Null(receiver.Next(10));
    }

    [Fact]
    public void A_watched_descriptor_has_its_turn_also_while_runs_keep_coming()
    {
        using var receiver = new WireReceiver();
        using var watched = new EventFd();
        var socket = Open(_right, new UdpSocketOptions(Endpoint.FromIpv4(0, 4331)));
        var sender = Open(_left, new UdpSocketOptions(Endpoint.FromIpv4(0, 0)));
        receiver.SetSockets([socket]);
        receiver.Watch(watched.Descriptor);
        Assert.Null(receiver.Next(-1));

        watched.Signal();
        Assert.Null(receiver.Next(5000));
        Assert.True(receiver.WatchedIsReady);
        for (var i = 0; i < 3; i++)
        {
            sender.Send(Endpoint.Parse("10.0.0.2:4331"), [1], 1);
            sender.Send(Endpoint.Parse("10.0.0.2:4331"), [1, 2], 2);
            Assert.Same(socket, receiver.Next(5000));
            Assert.True(receiver.WatchedIsReady);
        }

        watched.Drain();
        Assert.Null(receiver.Next(10));
        Assert.False(receiver.WatchedIsReady);
        receiver.Watch(null);
        watched.Signal();
        Assert.Null(receiver.Next(-1));
        Assert.Null(receiver.Next(10));
        Assert.False(receiver.WatchedIsReady);
    }

    [Fact]
    public void Nothing_is_allocated_per_run()
    {
        using var wire = new WireReceiver();
        var sender = Open(_left, new UdpSocketOptions(Endpoint.FromIpv4(0, 0)));
        var receiver = Open(_right, new UdpSocketOptions(Endpoint.FromIpv4(0, 4330)));
        wire.SetSockets([receiver]);
        wire.Next(0);
        var to = Endpoint.Parse("10.0.0.2:4330");
        var run = new byte[14000];
        long allocated = 0;
        for (var round = 0; round < 50; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            sender.Send(to, run, 1400, tos: 1);
            var socket = wire.Next(5000);
            var bytes = socket![0].Bytes.Length + socket[0].Count + socket[0].From.Port;
            allocated += round < 3 || bytes == 0 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private UdpSocket Open(NetNamespace space, UdpSocketOptions options)
    {
        var socket = space.Run(() => new UdpSocket(options));
        _sockets.Add(socket);
        return socket;
    }
}
