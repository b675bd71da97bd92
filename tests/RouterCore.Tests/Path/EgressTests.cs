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
        _side.Tables.Public = new PublicPorts(new Dictionary<uint, PublicDevice>());
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

    [Fact]
    public void A_relay_server_that_says_what_it_likes_gets_over_IPv6_to_published_ports_alone()
    {
        Publish();
        In(UdpIpv6(Host6, Public6, 5000, 54, "x"u8));
        In(UdpIpv6(Host6, Public6 + 1, 5000, 53, "x"u8));
        In(UdpIpv6(VirtualIpv6.Of("a.b", "c"), Public6, 5000, 53, "x"u8));
        Assert.Empty(_side.Delivered);
        Assert.Equal(3, _side.Router.Drops[DropReason.NotAsked]);
        In(UdpIpv6(Host6, Public6, 5000, 53, "x"u8));
        var packet = Assert.Single(_side.Delivered);
        Assert.True(Ipv4.TryRead(packet, out var ip) && Check.HasRightChecksum(packet));
        Assert.Equal((true, Device), (AddressPrefix.Virtual.LastEighth.Contains(ip.Source), ip.Destination));
    }

    [Fact]
    public void Over_IPv6_connections_are_held_to_the_size_of_the_way_and_the_checksum_is_right()
    {
        Publish();
        Open(1096);
        byte[] offered = [2, 4, 0x05, 0xB4];
        In(TcpIpv6(Host6, Public6, 5000, 80, TcpFlags.Syn, offered));
        var packet = Assert.Single(_side.Delivered);
        Assert.True(Ipv4.TryRead(packet, out var ip) && Check.HasRightChecksum(packet));
        var mss = 1096 - SealedDatagram.Overhead - EgressHeader.Size - 60;
        Assert.Equal(mss, (packet[42] << 8) | packet[43]);
        var answer = Assert.Single(Out(Make.Tcp(Device, ip.Source, 80, 5000, [], TcpFlags.Syn | TcpFlags.Ack, options: offered)));
        Assert.True(Ipv6.TryRead(answer, out var ip6) && TransportChecksum.IsRight(answer));
        Assert.Equal((Public6, Host6, mss), (ip6.Source, ip6.Destination, (answer[62] << 8) | answer[63]));
        var partial = Assert.Single(Out(Make.Partial(Make.Tcp(Device, ip.Source, 80, 5000, Make.Bytes(100))), PacketHints.PartialChecksum));
        Assert.Equal((4, 160), (_lastFlags, partial.Length));
    }

    [Fact]
    public void Errors_about_what_went_over_IPv6_are_translated_both_ways()
    {
        Publish();
        var asked = UdpIpv6(Host6, Public6, 5000, 53, Make.Bytes(100));
        In(asked);
        Assert.True(Ipv4.TryRead(Assert.Single(_side.Delivered), out var ip));
        var host = ip.Source;
        var error = Assert.Single(Out(Make.Error(_side.Delivered[0])));
        Assert.True(Ipv6.TryRead(error, out var icmp) && TransportChecksum.IsRight(error));
        Assert.Equal((Icmpv6.DestinationUnreachable, 4), (icmp.Payload[0], icmp.Payload[1]));
        Assert.Equal(asked, icmp.Payload[Icmp.HeaderLength..]); // as the host had sent it
        var answer = Make.Udp(Device, host, 53, 5000, Make.Bytes(300));
        var sent = Assert.Single(Out(answer));
        _side.Delivered.Clear();
        In(ErrorIpv6(Host6 + 77, Public6, Icmpv6.PacketTooBig, 1280, sent)); // from a router on the way
        In(ErrorIpv6(Host6 + 77, Public6, Icmpv6.PacketTooBig, 1280, UdpIpv6(Public6, Host6 + 1, 53, 5000, "x"u8))); // nobody asked
        var told = Assert.Single(_side.Delivered);
        Assert.True(Ipv4.TryRead(told, out ip));
        Assert.Equal((host, Icmp.DestinationUnreachable, Icmp.FragmentationNeeded, 1260), (ip.Source, told[20], told[21], (told[26] << 8) | told[27]));
    }

    [Fact]
    public void A_packet_of_an_IPv6_host_and_its_answer_allocate_nothing()
    {
        Publish();
        In(UdpIpv6(Host6, Public6, 5000, 53, Make.Bytes(1000)));
        Assert.True(Ipv4.TryRead(Assert.Single(_side.Delivered), out var ip));
        var answer = Make.Udp(Device, ip.Source, 53, 5000, Make.Bytes(1000));
        var question = UdpIpv6(Host6, Public6, 5000, 53, Make.Bytes(1000));
        var datagrams = Enumerable.Range(0, 1200).Select(_ => Sealed(question, false)).ToArray();
        var buffer = new byte[LanPacket.Headroom + answer.Length];
        var (wire, lan, allocated) = (new RunQueue(), new FrameCount(), 0L);
        for (var i = 0; i < datagrams.Length; i++)
        {
            answer.CopyTo(buffer, LanPacket.Headroom);
            var before = GC.GetAllocatedBytesForCurrentThread();
            _side.Router.FromWire(new ReceivedRun(datagrams[i], datagrams[i].Length, in RelayAt, 1, 0), _side.FromWire, lan);
            var packet = new LanPacket { Buffer = buffer, Start = LanPacket.Headroom, Length = answer.Length };
            _side.Router.FromLan(ref packet, _side.FromLan, wire);
            allocated += i < 200 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
            wire.Clear();
        }

        Assert.Equal((0L, 0L), (allocated, _side.Dropped));
        Assert.Equal(datagrams.Length, lan.SegmentHeaders);
    }

    private static readonly UInt128 Host6 = new(0x2001_0DB8_0009_0000, 9), Public6 = new(0x2001_0DB8_0005_0000, 0x77);

    private static byte[] UdpIpv6(UInt128 from, UInt128 to, ushort fromPort, ushort toPort, ReadOnlySpan<byte> payload)
    {
        var packet = new byte[Ipv6.HeaderLength + Udp.HeaderLength + payload.Length];
        payload.CopyTo(packet.AsSpan(Ipv6.HeaderLength + Udp.HeaderLength));
        Udp.Write(packet.AsSpan(Ipv6.HeaderLength), from, to, fromPort, toPort);
        Ipv6.Write(packet, from, to, IpProtocol.Udp, packet.Length - Ipv6.HeaderLength);
        return packet;
    }

    private static byte[] TcpIpv6(UInt128 from, UInt128 to, ushort fromPort, ushort toPort, TcpFlags flags, byte[] options)
    {
        byte[] packet = [.. new byte[Ipv6.HeaderLength], .. Make.Tcp(Host, Device, fromPort, toPort, [], flags, options: options)[Ipv4.MinimumHeaderLength..]];
        Ipv6.Write(packet, from, to, IpProtocol.Tcp, packet.Length - Ipv6.HeaderLength);
        Assert.True(TransportChecksum.Complete(packet));
        return packet;
    }

    private static byte[] ErrorIpv6(UInt128 from, UInt128 to, byte type, ushort word, byte[] quoted)
    {
        byte[] packet = [.. new byte[Ipv6.HeaderLength], type, 0, 0, 0, 0, 0, (byte)(word >> 8), (byte)word, .. quoted];
        Ipv6.Write(packet, from, to, IpProtocol.Icmpv6, packet.Length - Ipv6.HeaderLength);
        Icmpv6.WriteChecksum(packet.AsSpan(Ipv6.HeaderLength), from, to);
        return packet;
    }

    private void Publish() => _side.Tables.Public = new PublicPorts(new Dictionary<uint, PublicDevice>
    {
        [Device] = new(new SharedPorts([new PortRange(IpProtocol.Tcp, 80, 80), new PortRange(IpProtocol.Udp, 53, 53)], false), Public6),
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
