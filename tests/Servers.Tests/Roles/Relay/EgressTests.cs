using NTMobile.Packets;
using NTMobile.RelayServer.Egress;
using NTMobile.RelayServer.Publishing;
using NTMobile.Security.Channel;
using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Frames;
using Suites = NTMobile.Wire.Frames.CipherSuites;

namespace NTMobile.Servers.Tests.Roles;

/// <summary>Ordinary hosts through the RS: two nodes whose devices have the same private address.</summary>
public sealed class EgressTests : IInternet, IPublicPorts
{
    private const uint Device = 0xC0A8_0864, Host = 0xC000_020A, Pool = 0x6448_0000;
    private static readonly UInt128 Host6 = new(0x2001_0DB8_0009_0000, 9);
    private static readonly PublishingOptions Publishing = new()
    {
        Networks = [new PublicNetwork(0xCB00_7110, 30)],
        Prefix6 = new PublicPrefix6(new UInt128(0x2001_0DB8_0005_0000, 0), 64),
        BetweenChanges = TimeSpan.Zero,
    };

    private static readonly PathId Receive = PathId.Of(0x2BCDEF);
    private readonly List<byte[]> _sent = [];
    private readonly World _world;

    public EgressTests() => _world = Make(new EgressOptions { PoolBase = Pool, PoolLength = 28, Resolver = 0x0909_0909, MaxDevicesPerNode = 4 });

    private EgressService Egress => _world.Rs.Egress!;

    void IInternet.Send(ReadOnlySpan<byte> packet, int checksumAt) => _sent.Add(packet.ToArray());

    bool IPublicPorts.IsFree(uint address, in PublishedPorts ports) => true;

    long IPublicPorts.Translate(IReadOnlyList<PublicPort> ports) => 1;

    bool? IPublicPorts.IsInForce(long number) => true;

    [Fact]
    public void A_relay_that_does_not_offer_it_says_so()
    {
        TestNode node = new World().NodeAtRs("a.ntm.test");
        node.SendWhole(new EgressRequest(5, Receive, 0));
        Assert.Equal(new EgressRefused(5, EgressRefusedReason.NotOffered), node.Last<EgressRefused>());
    }

    [Theory]
    [InlineData(548)]
    [InlineData(1472)]
    public void A_grant_has_the_size_of_its_request(int size)
    {
        TestNode node = _world.NodeAtRs("a.ntm.test");
        node.SendWhole(new EgressRequest(5, Receive, 0).OfDatagramSize(size));
        Assert.Equal(size, _world.Network.Sent.Last(d => d.From == World.RsAt).Bytes.Length);
        Assert.Equal((5u, 0x0909_0909u), (node.Last<EgressGrant>().Request, node.Last<EgressGrant>().Resolver));
    }

    [Fact]
    public void A_packet_leaves_with_an_address_of_the_pool_and_its_answer_comes_back()
    {
        Client node = Ask("a.ntm.test");
        node.Send(Udp(Device, Host, 1000, 80));
        byte[] packet = Assert.Single(_sent);
        Assert.True(TransportChecksum.IsRight(packet));
        uint pool = SourceOf(packet);
        Assert.InRange(pool, Pool + 1, Pool + 14);

        Return(Udp(Host, pool, 80, 1000));
        byte[] answer = Assert.Single(node.Received());
        Assert.Equal(Udp(Host, Device, 80, 1000), answer);
        Assert.Equal((1, 1), (Egress.PacketsOut, Egress.PacketsIn));
    }

    [Fact]
    public void The_same_address_at_two_nodes_is_two_devices()
    {
        Client one = Ask("a.ntm.test"), other = Ask("b.ntm.test");
        one.Send(Udp(Device, Host, 1000, 80));
        other.Send(Udp(Device, Host, 1000, 80));
        Assert.NotEqual(SourceOf(_sent[0]), SourceOf(_sent[1]));
        Return(Udp(Host, SourceOf(_sent[1]), 80, 1000));
        Assert.Empty(one.Received());
        Assert.Single(other.Received());
    }

    [Fact]
    public void A_move_is_followed_as_soon_as_the_new_address_is_proved()
    {
        Client client = Ask("a.ntm.test");
        client.Send(Udp(Device, Host, 1000, 80));
        client.Node.MoveTo(Endpoint.Parse("198.51.100.200:1234"));
        client.Send(Udp(Device, Host, 1000, 80));
        Assert.Equal(1, Egress.Drops[EgressDrop.EgressWrongSource]);
        client.Node.Send(new Ping(9));
        client.Send(Udp(Device, Host, 1000, 80));
        Assert.Equal(2, _sent.Count);
        Return(Udp(Host, SourceOf(_sent[0]), 80, 1000));
        Assert.Single(client.Received());
        Assert.Equal(client.Node.At, _world.Network.Sent[^1].To);
    }

    [Fact]
    public void A_repeated_request_gets_the_same_keys_and_another_path_gets_others()
    {
        Client client = Ask("a.ntm.test");
        EgressGrant first = client.Node.Last<EgressGrant>();
        client.Node.SendWhole(new EgressRequest(6, Receive, 1472));
        Assert.Equal(first.Key, client.Node.Last<EgressGrant>().Key);
        client.Send(Udp(Device, Host, 1000, 80));
        Client renewed = Ask(client.Node, PathId.Of(0x111));
        Assert.NotEqual(first.Key, client.Node.Last<EgressGrant>().Key);
        client.Send(Udp(Device, Host, 1000, 80)); // under the former keys, until the new ones are used
        renewed.Send(Udp(Device, Host, 1000, 80));
        client.Send(Udp(Device, Host, 1000, 80));
        Assert.Equal(3, _sent.Count);
        Assert.Equal(SourceOf(_sent[0]), SourceOf(_sent[2]));
        Assert.Equal(1, _world.Rs.Sessions.Drops[SessionDrop.UnknownPath]);
    }

    [Fact]
    public void The_idlest_device_gives_way_and_an_empty_pool_is_counted()
    {
        Client one = Ask("a.ntm.test");
        for (uint i = 0; i < 6; i++)
        {
            one.Send(Udp(Device + i, Host, 1000, 80));
            _world.PassSeconds(0.02);
        }

        Assert.Equal(4, Egress.Devices);
        foreach (string name in new[] { "b", "c", "d", "e" })
        {
            Client other = Ask(name + ".ntm.test");
            for (uint i = 0; i < 4; i++)
            {
                other.Send(Udp(Device + i, Host, 1000, 80));
            }
        }

        Assert.Equal(14, Egress.Devices);
        Assert.Equal(6, Egress.Drops[EgressDrop.EgressPoolEmpty]);
        Return(Udp(Host, Pool + 15, 80, 1000));
        Assert.Equal(1, Egress.Drops[EgressDrop.EgressUnknownDevice]);
    }

    [Fact]
    public void A_long_packet_is_cut_or_its_sender_told()
    {
        Client client = Ask("a.ntm.test", largest: 548);
        client.Send(Udp(Device, Host, 1000, 80));
        uint pool = SourceOf(_sent[0]);
        Return(Udp(Host, pool, 80, 1000, 1000));
        Assert.Equal(1, Egress.Drops[EgressDrop.EgressTooBig]);
        Assert.True(Ipv4.TryRead(_sent[1], out Ipv4 error));
        Assert.Equal((Pool, Host, IpProtocol.Icmp), (error.Source, error.Destination, error.Protocol));

        byte[] whole = Udp(Host, pool, 80, 1000, 1000, dontFragment: false);
        Return(whole);
        List<byte[]> parts = client.Received();
        Assert.Equal(3, parts.Count);
        Assert.Equal(whole.Length - 20, parts.Sum(p => p.Length - 20));
    }

    [Fact]
    public void A_node_gets_its_share_and_no_more()
    {
        World world = Make(new EgressOptions { PoolBase = Pool, PoolLength = 24, BytesPerNode = 1e6, BytesInAll = 1.5e6 });
        Client one = Ask(world.NodeAtRs("a.ntm.test"), Receive), other = Ask(world.NodeAtRs("b.ntm.test"), Receive);
        int[] passed = new int[2];
        for (int ms = 0; ms < 4000; ms += 10)
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(10));
            world.Rs.Tick();
            foreach ((int index, Client client, int packets) in new[] { (0, one, 40), (1, other, 10) })
            {
                int before = _sent.Count;
                for (int i = 0; i < packets; i++)
                {
                    client.Send(Udp(Device, Host, 1000, 80, 972));
                }

                passed[index] += ms < 2000 ? 0 : (_sent.Count - before) * 1000;
            }
        }

        Assert.InRange(passed[0], 1_400_000, 1_600_000); // half of what all may have, for two seconds
        Assert.InRange(passed[1], 1_400_000, 1_600_000);
    }

    [Fact]
    public void Over_IPv6_a_node_speaks_from_published_ports_of_its_own_devices_alone_and_hosts_reach_these()
    {
        Client one = Ask("a.ntm.test"), other = Ask("b.ntm.test");
        UInt128 own = Publish(one), others = Publish(other);
        byte[] good = Udp6(own, Host6, 53, 5000);
        one.Send(good);
        Assert.Equal(good, Assert.Single(_sent));
        one.Send(Udp6(others, Host6, 53, 5000));
        one.Send(Udp6(own + 1, Host6, 53, 5000));
        one.Send(Udp6(own, Host6, 54, 5000));
        one.Send(Echo6(own, Host6));
        Assert.Single(_sent);
        Assert.Equal(4, Egress.Drops[EgressDrop.EgressNotPublished]);

        byte[] question = Udp6(Host6, own, 5000, 53);
        Return(question);
        Return(Udp6(Host6, own, 5000, 54));
        Return(Echo6(Host6, own));
        Return(Udp6(Host6, own ^ 1, 5000, 53));
        Assert.Empty(other.Received());
        Assert.Equal((6, 1), (Egress.Drops[EgressDrop.EgressNotPublished], Egress.Drops[EgressDrop.EgressUnknownDevice]));
        one.Node.Send(new PublishRequest(9, []));
        Return(question);
        one.Send(good);
        Assert.Equal(question, Assert.Single(one.Received()));
        Assert.Single(_sent);
    }

    [Theory]
    [InlineData(548, 1280, 3)]
    [InlineData(1096, 1280, 2)]
    [InlineData(1472, 1447, 1)]
    [InlineData(1472, 1448, 0)]
    [InlineData(548, 1281, 0)]
    public void Over_IPv6_1280_bytes_come_through_every_way_and_of_more_the_host_is_told_what_does(ushort largest, int length, int datagrams)
    {
        Client node = Ask("a.ntm.test", largest);
        UInt128 own = Publish(node);
        Return(Udp6(Host6, own, 5000, 53, length - 48));
        List<byte[]> parts = node.Received();
        Assert.Equal(datagrams, parts.Count);
        Assert.All(parts, part => Assert.InRange(part.Length, 1, largest - SealedDatagram.Overhead - EgressHeader.Size));
        if (datagrams == 0)
        {
            byte[] error = Assert.Single(_sent);
            Assert.True(Ipv6.TryRead(error, out Ipv6 ip) && TransportChecksum.IsRight(error));
            Assert.Equal((Host6, Icmpv6.PacketTooBig, Math.Max(1280, largest - 25)), (ip.Destination, ip.Payload[0], (ip.Payload[6] << 8) | ip.Payload[7]));
            Assert.Equal(1, Egress.Drops[EgressDrop.EgressTooBig]);
        }
    }

    private static UInt128 Publish(Client client)
    {
        client.Node.Send(new PublishRequest(8, [new("nas", Device, 0, [new(IpProtocol.Udp, 53, 53)])]));
        return Assert.Single(client.Node.Last<PublishResponse>().Places).Ipv6;
    }

    private static byte[] Udp6(UInt128 from, UInt128 to, ushort fromPort, ushort toPort, int payload = 30)
    {
        byte[] packet = new byte[Ipv6.HeaderLength + 8 + payload];
        Packets.Udp.Write(packet.AsSpan(Ipv6.HeaderLength), from, to, fromPort, toPort);
        Ipv6.Write(packet, from, to, IpProtocol.Udp, 8 + payload);
        return packet;
    }

    private static byte[] Echo6(UInt128 from, UInt128 to)
    {
        byte[] packet = [.. new byte[Ipv6.HeaderLength], Icmpv6.EchoRequest, 0, 0, 0, 0, 1, 0, 1];
        Ipv6.Write(packet, from, to, IpProtocol.Icmpv6, 8);
        Icmpv6.WriteChecksum(packet.AsSpan(Ipv6.HeaderLength), from, to);
        return packet;
    }

    private World Make(EgressOptions options) => new(egress: (options, this), publishing: (Publishing, this));

    private Client Ask(string name, ushort largest = 1472) => Ask(_world.NodeAtRs(name), Receive, largest);

    private static Client Ask(TestNode node, PathId receive, ushort largest = 1472)
    {
        node.SendWhole(new EgressRequest(5, receive, largest));
        return new Client(node, node.Last<EgressGrant>());
    }

    private void Return(byte[] packet)
    {
        byte[] content = [0, .. packet];
        Egress.FromInternet(content, false, new byte[EgressService.DatagramRoom], _world.Time.Milliseconds());
        _world.Network.Deliver();
    }

    private static uint SourceOf(byte[] packet) => Ipv4.TryRead(packet, out Ipv4 ip) ? ip.Source : 0;

    private static byte[] Udp(uint from, uint to, ushort fromPort, ushort toPort, int payload = 30, bool dontFragment = true)
    {
        byte[] packet = new byte[28 + payload];
        Packets.Udp.Write(packet.AsSpan(20), from, to, fromPort, toPort);
        Ipv4.Write(packet, from, to, IpProtocol.Udp, 8 + payload, dontFragment: dontFragment);
        return packet;
    }

    /// <summary>A node with keys.</summary>
    private sealed class Client(TestNode node, EgressGrant grant)
    {
        private readonly SecureSession _keys = SecureSession.FromKey(
            grant.Key, true, grant.Suite == Suites.Aes256Gcm ? CipherSuite.Aes256Gcm : CipherSuite.ChaCha20Poly1305, new SeededRandom(9));

        public TestNode Node => node;

        public void Send(byte[] packet)
        {
            byte[] datagram = new byte[SealedDatagram.Overhead + EgressHeader.Size + packet.Length];
            _keys.Seal((byte)DatagramType.Egress, (uint)grant.Send.Path, _keys.Reserve(1), [0, .. packet], datagram);
            node.SendRaw(datagram);
        }

        public List<byte[]> Received() => [.. node.Others.Select(Open)];

        private byte[] Open(byte[] datagram)
        {
            byte[] copy = [.. datagram];
            Assert.True(_keys.TryOpen(copy, out OpenedDatagram opened, out _));
            return copy[(opened.Offset + EgressHeader.Size)..(opened.Offset + opened.Length)];
        }
    }
}
