using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.RouterCore.Translation;
using NTMobile.Scenario.Tests.World;
using NTMobile.Security.Session;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tests.Path;

/// <summary>Packets to ordinary hosts through a relay server: what goes, what comes back, and what does not.</summary>
public sealed class EgressTests
{
    private const uint Device = Side.DeviceAddress, Host = 0xC000_020A, Resolver = 0x0909_0909;
    private const int LargestDatagram = 1472;
    private static readonly PathId Receive = PathId.Of(0x2BCDEF), Send = PathId.Of(0x1BCDEF);
    private static readonly Endpoint RelayAt = Endpoint.Parse("192.0.2.3:4331");
    private readonly Side _side = new RouterPair().Alice;
    private readonly SecureSession _relay;
    private readonly EgressSession _session;

    public EgressTests()
    {
        var (one, other) = RouterPair.Sessions(CipherSuites.Preferred, new SeededRandom(3));
        _session = new EgressSession(one, this);
        _relay = other;
        _side.Tables.SetPath(Receive, _session);
        Open(LargestDatagram);
    }

    [Fact]
    public void What_is_not_selected_goes_its_ordinary_way() =>
        Assert.Equal(Outcome.Accept, _side.Send(Make.Udp(Device, Host, 1000, 443, "x"u8)));

    [Fact]
    public void What_must_be_relayed_is_dropped_and_explained_while_there_is_no_relay_server()
    {
        _side.Tables.Egress = null;
        Assert.Equal(Outcome.Drop(DropReason.NoEgress), _side.Send(Make.Udp(Device, Host, 1000, 443, "x"u8), PacketHints.MustRelay));
        Assert.IsType<IcmpNeeded>(Assert.Single(_side.Told));
        Assert.Equal(Outcome.Accept, _side.Send(Make.Udp(Device, Host, 1000, 443, "x"u8), PacketHints.MayRelay));
    }

    [Fact]
    public void A_packet_goes_whole_and_its_answer_comes_back()
    {
        var sent = Make.Udp(Device, Host, 1000, 443, Make.Bytes(300));
        Check.IsTranslation(sent, Assert.Single(Out(sent)), Device, Host);
        var answer = Make.Udp(Host, Device, 443, 1000, Make.Bytes(200));
        In(answer);
        Assert.Equal(answer, Assert.Single(_side.Delivered));
    }

    [Fact]
    public void Only_answers_come_in()
    {
        Out(Make.Udp(Device, Host, 1000, 443, "x"u8));
        In(Make.Udp(Host, Device, 443, 1001, "x"u8));
        In(Make.Udp(Host, Device, 444, 1000, "x"u8));
        In(Make.Udp(Host + 1, Device, 443, 1000, "x"u8));
        In(Make.Udp(Host, Device + 1, 443, 1000, "x"u8));
        In(Make.Tcp(Host, Device, 443, 1000, []));
        In(Make.Echo(Host, Device, 1, "x"u8));
        In(Make.Udp(_side.Virtual, Device, 443, 1000, "x"u8));
        In(Make.Udp(Side.RouterAddress, Device, 443, 1000, "x"u8));
        Assert.Empty(_side.Delivered);
        Assert.Equal(8, _side.Router.Drops[DropReason.NotAsked]);
    }

    [Fact]
    public void An_echo_and_an_error_about_a_known_flow_come_in()
    {
        Out(Make.Echo(Device, Host, 9, "x"u8));
        In(Make.Echo(Host, Device, 9, "x"u8, Icmp.EchoReply));
        var sent = Make.Udp(Device, Host, 1000, 443, Make.Bytes(40));
        Out(sent);
        In(Make.Error(sent));
        Assert.Equal(2, _side.Delivered.Count);
        In(Make.Error(Make.Udp(Device, Host, 1000, 444, Make.Bytes(40))));
        Assert.Equal(2, _side.Delivered.Count);
    }

    [Fact]
    public void A_name_query_for_the_router_goes_to_the_resolver_and_comes_back_as_the_routers()
    {
        var asked = Assert.Single(Out(Make.Udp(Device, Side.RouterAddress, 5353, 53, Make.Bytes(40))));
        Assert.True(Ipv4.TryRead(asked, out var ip));
        Assert.Equal((Device, Resolver), (ip.Source, ip.Destination));
        Assert.True(Check.HasRightChecksum(asked));
        In(Make.Udp(Resolver, Device, 53, 5353, Make.Bytes(60)));
        var answer = Assert.Single(_side.Delivered);
        Assert.True(Ipv4.TryRead(answer, out ip));
        Assert.Equal((Side.RouterAddress, Device), (ip.Source, ip.Destination));
        Assert.True(Check.HasRightChecksum(answer));
    }

    [Fact]
    public void Nothing_else_for_the_router_itself_goes_to_the_relay_server() =>
        Assert.Equal(DropReason.NoEgress, _side.Send(Make.Tcp(Device, Side.RouterAddress, 1000, 80, []), PacketHints.MustRelay).Reason);

    [Fact]
    public void A_flow_that_was_left_to_the_router_stays_where_it_began()
    {
        var relayed = Make.Udp(Device, Host, 1000, 443, "x"u8);
        _side.Tables.RelaysByItself = true;
        Assert.Equal(Outcome.Consumed, _side.Send(relayed, PacketHints.MayRelay));
        _side.Tables.RelaysByItself = false;
        Assert.Equal(Outcome.Consumed, _side.Send(relayed, PacketHints.MayRelay));
        Assert.Equal(Outcome.Accept, _side.Send(Make.Udp(Device, Host, 1001, 443, "x"u8), PacketHints.MayRelay));
    }

    [Fact]
    public void Connections_are_held_to_the_size_of_the_way_in_both_directions()
    {
        byte[] offered = [2, 4, 0x05, 0xB4];
        Open(1096);
        var out1 = Assert.Single(Out(Make.Tcp(Device, Host, 1000, 80, [], TcpFlags.Syn, options: offered)));
        In(Make.Tcp(Host, Device, 80, 1000, [], TcpFlags.Syn | TcpFlags.Ack, options: offered));
        foreach (var packet in new[] { out1, Assert.Single(_side.Delivered) })
        {
            Assert.True(Check.HasRightChecksum(packet));
            Assert.Equal(1096 - SealedDatagram.Overhead - EgressHeader.Size - 40, (packet[42] << 8) | packet[43]);
        }
    }

    [Fact]
    public void A_longer_packet_is_refused_with_the_size_that_fits_or_cut()
    {
        Open(548);
        Assert.Equal(DropReason.TooBig, _side.Send(Make.Udp(Device, Host, 1000, 443, Make.Bytes(600)), PacketHints.MustRelay).Reason);
        Assert.Equal(548 - SealedDatagram.Overhead - EgressHeader.Size, Assert.IsType<IcmpNeeded>(Assert.Single(_side.Told)).Mtu);
        var whole = Make.WithHeader(Make.Udp(Device, Host, 1000, 443, Make.Bytes(1200)), dontFragment: false);
        var parts = Out(whole);
        Assert.Equal(3, parts.Count);
        Assert.Equal(whole[20..], parts.SelectMany(p => p[20..]));
    }

    [Fact]
    public void A_partial_checksum_travels_as_such()
    {
        var packet = Make.Partial(Make.Tcp(Device, Host, 1000, 80, Make.Bytes(100)));
        Out(packet, PacketHints.PartialChecksum);
        Assert.Equal(4, _lastFlags);
        In(Make.Partial(Make.Tcp(Host, Device, 80, 1000, Make.Bytes(100))), partial: true);
        Assert.True(Check.HasRightChecksum(Assert.Single(_side.Delivered))); // the sink completes it, as the kernel does
    }

    [Fact]
    public void A_datagram_that_comes_again_or_damaged_is_dropped()
    {
        Out(Make.Udp(Device, Host, 1000, 443, "x"u8));
        var datagram = Sealed(Make.Udp(Host, Device, 443, 1000, "x"u8), false);
        var damaged = datagram.ToArray();
        damaged[^1] ^= 1;
        _side.Receive(damaged, damaged.Length, RelayAt);
        _side.Receive(datagram.ToArray(), datagram.Length, RelayAt);
        _side.Receive(datagram, datagram.Length, RelayAt);
        Assert.Single(_side.Delivered);
        Assert.Equal((1, 1), (_side.Router.Drops[DropReason.Forged], _side.Router.Drops[DropReason.Replayed]));
    }

    [Fact]
    public void A_published_port_is_open_to_whoever_has_an_address_of_the_Internet_and_no_other_port_is()
    {
        Publish();
        var question = Make.Tcp(Host, Device, 5000, 80, [], TcpFlags.Syn);
        In(question);
        Assert.Equal(question, Assert.Single(_side.Delivered));
        In(Make.Tcp(Host, Device, 5000, 81, [], TcpFlags.Syn));
        In(Make.Udp(Host, Device, 5000, 80, "x"u8));
        In(Make.Tcp(Host, Device + 1, 5000, 80, [], TcpFlags.Syn));
        foreach (var pretended in new[] { Side.RouterAddress, Device + 7, 0xC612_0005u, 0x7F00_0001u, 0xA9FE_0001u, 0xE000_0001u })
        {
            In(Make.Tcp(pretended, Device, 5000, 80, [], TcpFlags.Syn));
        }

        Assert.Single(_side.Delivered);
        Assert.Equal(9, _side.Router.Drops[DropReason.NotAsked]);
    }

    [Fact]
    public void Answers_of_a_published_port_are_relayed_whatever_the_policy_and_what_the_device_begins_is_not()
    {
        Publish();
        Assert.Equal(Outcome.Consumed, _side.Send(Make.Tcp(Device, Host, 80, 5000, [], TcpFlags.Syn | TcpFlags.Ack), PacketHints.MayAnswer));
        Assert.Equal(Outcome.Consumed, _side.Send(Make.Tcp(Device, Host, 80, 5000, [], TcpFlags.Rst), PacketHints.MayAnswer));
        Assert.Equal(Outcome.Accept, _side.Send(Make.Tcp(Device, Host, 80, 5001, [], TcpFlags.Syn), PacketHints.MayAnswer));
        Assert.Equal(Outcome.Accept, _side.Send(Make.Udp(Device, Host, 53, 5000, "x"u8), PacketHints.MayAnswer));
        In(Make.Udp(Host, Device, 5000, 53, "x"u8));
        Assert.Equal(Outcome.Consumed, _side.Send(Make.Udp(Device, Host, 53, 5000, "x"u8), PacketHints.MayAnswer));
        _side.Tables.Egress = null;
        Assert.Equal(DropReason.NoEgress, _side.Send(Make.Udp(Device, Host, 53, 5000, "x"u8), PacketHints.MayAnswer).Reason);
    }

    [Fact]
    public void An_answer_opens_nothing_and_ends_with_the_publication()
    {
        Publish();
        In(Make.Udp(Host, Device, 5000, 53, "x"u8));
        Assert.Single(Out(Make.Udp(Device, Host, 53, 5000, "x"u8)));
        _side.Delivered.Clear();
        _side.Tables.Public = new PublicPorts(new Dictionary<uint, SharedPorts>());
        Assert.Equal(DropReason.NotPublished, _side.Send(Make.Udp(Device, Host, 53, 5000, "x"u8), PacketHints.MustRelay).Reason);
        In(Make.Udp(Host, Device, 5000, 53, "x"u8));
        Assert.Empty(_side.Delivered);
    }

    [Fact]
    public void An_error_about_what_a_published_port_sent_comes_in()
    {
        Publish();
        In(Make.Tcp(Host, Device, 5000, 80, [], TcpFlags.Syn));
        var answer = Make.Tcp(Device, Host, 80, 5000, Make.Bytes(100));
        Assert.Single(Out(answer));
        _side.Delivered.Clear();
        In(Make.Error(answer));
        In(Make.Error(Make.Tcp(Device, Host, 81, 5000, [])));
        Assert.Single(_side.Delivered);
    }

    [Fact]
    public void The_number_of_a_packet_in_parts_opens_no_port()
    {
        Out(Make.Udp(Device, Host, 1000, 443, "x"u8));
        var first = Make.Udp(Host, Device, 443, 1000, Make.Bytes(64));
        (first[Ipv4.IdentificationAt + 1], first[Ipv4.FragmentAt]) = (22, 0x20);
        Ipv4.WriteChecksum(first.AsSpan(0, Ipv4.MinimumHeaderLength));
        In(first);
        Assert.Single(_side.Delivered);
        _side.Delivered.Clear();
        In(Make.Udp(Host, Device, 0, 22, "x"u8));
        Assert.Empty(_side.Delivered);
    }

    private void Publish() => _side.Tables.Public = new PublicPorts(new Dictionary<uint, SharedPorts>
    {
        [Device] = new SharedPorts([new PortRange(IpProtocol.Tcp, 80, 80), new PortRange(IpProtocol.Udp, 53, 53)], false),
    });

    private int _lastFlags;

    private void Open(int largest) => _side.Tables.Egress = new EgressPath(_session, 1, RelayAt, Send, largest, Resolver);

    // What the relay server gets.
    private List<byte[]> Out(byte[] packet, PacketHints hints = PacketHints.None)
    {
        _side.Wire.Clear();
        Assert.Equal(Outcome.Consumed, _side.Send(packet, hints | PacketHints.MustRelay));
        var packets = new List<byte[]>();
        foreach (var (to, bytes, size) in _side.Wire.Runs)
        {
            Assert.Equal(RelayAt, to.Remote);
            Assert.Equal(size, bytes.Length);
            Assert.True(_relay.TryOpen(bytes, out var opened, out _));
            Assert.Equal((byte)DatagramType.Egress, opened.Type);
            _lastFlags = bytes[opened.Offset];
            packets.Add(bytes[(opened.Offset + EgressHeader.Size)..(opened.Offset + opened.Length)]);
        }

        return packets;
    }

    private void In(byte[] packet, bool partial = false)
    {
        var datagram = Sealed(packet, partial);
        _side.Receive(datagram, datagram.Length, RelayAt);
    }

    private byte[] Sealed(byte[] packet, bool partial)
    {
        byte[] content = [0, .. packet];
        new EgressHeader(partial).Write(content);
        var datagram = new byte[content.Length + SealedDatagram.Overhead];
        _relay.Seal((byte)DatagramType.Egress, (uint)Receive.Path, _relay.Reserve(1), content, datagram);
        return datagram;
    }
}
