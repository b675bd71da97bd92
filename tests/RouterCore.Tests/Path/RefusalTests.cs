using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tests.Path;

/// <summary>What the packet path lets through and what it drops; each drop has a name and is counted.</summary>
public sealed class RefusalTests
{
    private const uint Device = Side.DeviceAddress;

    [Fact]
    public void A_packet_to_anywhere_else_goes_its_ordinary_way()
    {
        var pair = new RouterPair();
        Assert.Equal(Outcome.Accept, pair.Alice.Send(Make.Udp(Device, 0x0808_0808, 1, 443, "x"u8)));
        Assert.Empty(pair.Alice.Told);
        Assert.Empty(pair.Alice.Wire.Datagrams);
    }

    [Fact]
    public void What_is_no_ipv4_packet_is_dropped()
    {
        var pair = new RouterPair();
        Assert.Equal(Outcome.Drop(DropReason.MalformedPacket), pair.Alice.Send([0x60, 0, 0, 0]));
        Assert.Equal(1, pair.Alice.Router.Drops[DropReason.MalformedPacket]);
    }

    [Fact]
    public void A_device_of_which_nothing_is_shared_gets_nothing()
    {
        var pair = new RouterPair(SharedPorts.Nothing);
        byte[][] packets =
        [
            Make.Udp(Device, pair.Alice.Virtual, 1000, 53, "x"u8),
            Make.Tcp(Device, pair.Alice.Virtual, 1000, 22, [], TcpFlags.Syn),
            Make.Echo(Device, pair.Alice.Virtual, 1, "x"u8),
        ];
        Assert.All(packets, p => Assert.Empty(pair.ToBob(p)));
        Assert.Equal(packets.Length, pair.Bob.Router.Drops[DropReason.NotShared]);
    }

    [Fact]
    public void Only_the_shared_ports_get_through()
    {
        var shared = new SharedPorts([new PortRange(IpProtocol.Tcp, 80, 81), new PortRange(IpProtocol.Udp, 443, 443)], false);
        var pair = new RouterPair(shared);
        (byte Protocol, ushort Port, bool Passes)[] cases =
        [
            (IpProtocol.Tcp, 79, false), (IpProtocol.Tcp, 80, true), (IpProtocol.Tcp, 81, true), (IpProtocol.Tcp, 82, false),
            (IpProtocol.Tcp, 443, false), (IpProtocol.Udp, 443, true), (IpProtocol.Udp, 80, false), (IpProtocol.Icmp, 0, false),
        ];
        foreach (var (protocol, port, passes) in cases)
        {
            Assert.Equal(passes, pair.ToBob(Packet(protocol, pair.Alice.Virtual, port)).Count == 1);
        }

        Assert.Equal(cases.Count(c => !c.Passes), pair.Bob.Router.Drops[DropReason.NotShared]);
    }

    [Fact]
    public void A_port_that_is_no_longer_shared_is_refused_at_once()
    {
        var pair = new RouterPair();
        var packet = Make.Udp(Device, pair.Alice.Virtual, 1000, 53, "x"u8);
        Assert.Single(pair.ToBob(packet));

        pair.Bob.Context.Shared = SharedPorts.Nothing;

        Assert.Empty(pair.ToBob(packet));
    }

    [Fact]
    public void A_context_that_was_never_installed_is_refused()
    {
        var pair = new RouterPair();
        pair.Bob.Session.SetContext(pair.Bob.Context.Id, null);
        Assert.Empty(pair.ToBob(Make.Udp(Device, pair.Alice.Virtual, 1, 2, "x"u8)));
        Assert.Empty(pair.ToBob(Make.WithIpOptions(Make.Udp(Device, pair.Alice.Virtual, 1, 2, "x"u8))));
        Assert.Equal(2, pair.Bob.Router.Drops[DropReason.UnknownContext]);

        pair.Give(pair.SealedByAlice(DatagramType.Data, [0, 0xFF, 0xFF, IpProtocol.Udp, 64, 0, 1, 0, 2, 0, 8, 0, 0]));
        Assert.Equal(3, pair.Bob.Router.Drops[DropReason.UnknownContext]);
    }

    [Fact]
    public void A_context_that_is_not_accepted_yet_is_refused_and_what_it_would_carry_out_waits()
    {
        var pair = new RouterPair();
        pair.Bob.Context.Accepted = false;
        Assert.Empty(pair.ToBob(Make.Udp(Device, pair.Alice.Virtual, 1, 2, "x"u8)));
        Assert.Equal(1, pair.Bob.Router.Drops[DropReason.UnknownContext]);

        Assert.Equal(Outcome.Consumed, pair.Bob.Send(Make.Udp(Device, pair.Bob.Virtual, 2, 1, "x"u8)));
        Assert.IsType<PacketHeld>(Assert.Single(pair.Bob.Told));
    }

    [Fact]
    public void Nothing_comes_from_a_tunnel_to_the_router_itself()
    {
        var pair = new RouterPair();
        var context = new FlowContext(
            pair.Bob.Session, pair.Bob.Context.Id, new LanDevice("router", Side.RouterAddress), pair.Bob.Virtual, "device", SharedPorts.All);
        context.Accepted = true;
        pair.Bob.Session.SetContext(context.Id, context);
        var packet = Make.Udp(Device, pair.Alice.Virtual, 1, 53, Make.Bytes(100));
        var (first, second) = Make.Fragments(packet, 56);

        Assert.All(new[] { packet, first, second }, p => Assert.Empty(pair.ToBob(p)));
        Assert.Equal(3, pair.Bob.Router.Drops[DropReason.OwnAddress]);
    }

    [Fact]
    public void Nobody_on_the_lan_speaks_in_the_routers_name()
    {
        var pair = new RouterPair();
        Assert.Equal(Outcome.Drop(DropReason.OwnAddress), pair.Alice.Send(Make.Udp(Side.RouterAddress, pair.Alice.Virtual, 1, 2, "x"u8)));
        Assert.Empty(pair.Alice.Told);
    }

    [Fact]
    public void A_packet_for_which_there_is_no_context_waits()
    {
        var pair = new RouterPair();
        var packet = Make.Udp(Device, 0xC612_1234, 1, 2, "x"u8);
        Assert.Equal(Outcome.Consumed, pair.Alice.Send(packet));
        Assert.Equal(packet, Assert.IsType<PacketHeld>(Assert.Single(pair.Alice.Told)).Packet);
    }

    [Fact]
    public void A_packet_that_the_busy_node_cannot_keep_is_counted()
    {
        var pair = new RouterPair();
        pair.Alice.IsNodeBusy = true;
        pair.Alice.Send(Make.Udp(Device, 0xC612_1234, 1, 2, "x"u8));
        Assert.Equal(1, pair.Alice.Router.Drops[DropReason.ControlBusy]);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_packet_whose_time_is_over_comes_back_as_an_error(byte timeToLive, bool isOver)
    {
        var pair = new RouterPair();
        var packet = Make.WithHeader(Make.Udp(Device, pair.Alice.Virtual, 1, 2, "x"u8), timeToLive);
        Assert.Equal(isOver ? Outcome.Drop(DropReason.TimeToLiveExceeded) : Outcome.Consumed, pair.Alice.Send(packet));
        Assert.Equal(isOver, pair.Alice.Told.SingleOrDefault() is IcmpNeeded { Type: Icmp.TimeExceeded, Code: 0 } needed && needed.Packet.SequenceEqual(packet));
    }

    [Fact]
    public void A_packet_too_big_for_the_path_is_refused_with_the_size_that_fits()
    {
        var pair = new RouterPair();
        var packet = Make.Udp(Device, pair.Alice.Virtual, 1, 2, Make.Bytes(1500 - 28));
        Assert.Equal(Outcome.Drop(DropReason.TooBig), pair.Alice.Send(packet));
        var needed = Assert.IsType<IcmpNeeded>(Assert.Single(pair.Alice.Told));
        Assert.Equal((Icmp.DestinationUnreachable, Icmp.FragmentationNeeded, 1500 - 37), (needed.Type, needed.Code, needed.Mtu));

        Assert.Single(pair.ToBob(Make.Udp(Device, pair.Alice.Virtual, 1, 2, Make.Bytes(needed.Mtu - 28))));
        Assert.Equal(Outcome.Drop(DropReason.TooBig), pair.Alice.Send(Make.Udp(Device, pair.Alice.Virtual, 1, 2, Make.Bytes(needed.Mtu - 27))));
    }

    [Fact]
    public void No_device_is_told_a_size_below_that_of_every_ipv6_link()
    {
        var pair = new RouterPair();
        var path = pair.Alice.Session.Active!;
        pair.Alice.Session.Active = new SendPath(path.Uplink, path.Remote, path.PathId, 548) { SizeKnown = true };

        Assert.Equal(Outcome.Drop(DropReason.TooBig), pair.Alice.Send(Make.Udp(Device, pair.Alice.Virtual, 1, 2, Make.Bytes(1281 - 28))));
        Assert.Equal(1280, Assert.IsType<IcmpNeeded>(Assert.Single(pair.Alice.Told)).Mtu);
        Assert.Single(pair.ToBob(Make.Udp(Device, pair.Alice.Virtual, 1, 2, Make.Bytes(1280 - 28))));
    }

    [Fact]
    public void A_packet_too_big_for_a_path_whose_size_is_not_known_yet_waits()
    {
        var pair = new RouterPair();
        var path = pair.Alice.Session.Active!;
        pair.Alice.Session.Active = new SendPath(path.Uplink, path.Remote, path.PathId, 520);
        Assert.Equal(Outcome.Consumed, pair.Alice.Send(Make.Udp(Device, pair.Alice.Virtual, 1, 2, Make.Bytes(600))));
        Assert.IsType<PacketHeld>(Assert.Single(pair.Alice.Told));
    }

    [Fact]
    public void A_full_send_buffer_is_counted_and_uses_up_no_counter()
    {
        var pair = new RouterPair();
        pair.Alice.Wire.IsFull = true;
        Assert.Equal(Outcome.Drop(DropReason.Backpressure), pair.Alice.Send(Make.Udp(Device, pair.Alice.Virtual, 1, 2, "x"u8)));
        Assert.Equal(0UL, pair.Alice.Session.Secure.PacketsSealedInEpoch);
    }

    [Fact]
    public void An_address_that_has_not_answered_gets_three_times_what_came_from_it()
    {
        var pair = new RouterPair();
        var path = pair.Alice.Session.Active!;
        var unproved = pair.Alice.Session.Active = new SendPath(path.Uplink, path.Remote, path.PathId, 1472) { SizeKnown = true, Budget = 300 };
        var packet = Make.Udp(Device, pair.Alice.Virtual, 1000, 7, Make.Bytes(100));
        Assert.Equal(2, Enumerable.Range(0, 10).Count(_ => pair.Alice.Send(packet) == Outcome.Consumed));
        Assert.Equal(8, pair.Alice.Router.Drops[DropReason.Backpressure]);

        unproved.Earn(1000);
        Assert.Equal(Outcome.Consumed, pair.Alice.Send(packet));
    }

    private static byte[] Packet(byte protocol, uint to, ushort port) => protocol switch
    {
        IpProtocol.Udp => Make.Udp(Device, to, 1000, port, "x"u8),
        IpProtocol.Tcp => Make.Tcp(Device, to, 1000, port, [], TcpFlags.Syn),
        _ => Make.Echo(Device, to, 1, "x"u8),
    };
}
