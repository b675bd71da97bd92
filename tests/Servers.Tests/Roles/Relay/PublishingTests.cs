using NTMobile.Packets;
using NTMobile.RelayServer.Egress;
using NTMobile.RelayServer.Publishing;
using NTMobile.Wire.Frames;

namespace NTMobile.Servers.Tests.Roles;

/// <summary>Who gets which public address and port at the RS, and which names the DS answers.</summary>
public sealed class PublishingTests : IPublicPorts, IInternet
{
    private const uint Public = 0xCB00_7110, Device = 0xC0A8_0864, Pool = 0x6448_0000; // 203.0.113.16
    private static readonly PublishedPorts Web = new(IpProtocol.Tcp, 80, 80), Ssh = new(IpProtocol.Tcp, 22, 22);
    private readonly HashSet<(uint Address, ushort Port)> _served = [];
    private IReadOnlyList<PublicPort> _translated = [];
    private long _number;
    private long _done = long.MaxValue; // at once
    private long _failed;

    bool IPublicPorts.IsFree(uint address, in PublishedPorts ports)
    {
        PublishedPorts wanted = ports;
        return !_served.Any(s => s.Address == address && s.Port >= wanted.First && s.Port <= wanted.Last);
    }

    long IPublicPorts.Translate(IReadOnlyList<PublicPort> ports)
    {
        _translated = ports;
        return ++_number;
    }

    bool? IPublicPorts.IsInForce(long number) => number <= _done ? true : number <= _failed ? false : null;

    void IInternet.Send(ReadOnlySpan<byte> packet, int checksumAt)
    {
    }

    [Fact]
    public void While_there_are_addresses_each_device_has_its_own()
    {
        World world = Make(length: 30);
        TestNode a = world.NodeAtRs("a.ntm.test"), b = world.NodeAtRs("b.ntm.test");
        uint[] given = [Ask(a, Nas(Web)).Address, Ask(b, Nas(Web)).Address, Ask(a, Nas(Web), new("cam", Device + 1, 0, [Ssh]))[1].Address];
        Assert.Equal(3, given.Distinct().Count());
        Assert.All(given, address => Assert.Equal(Public >> 2, address >> 2));
        Assert.Equal(3, _translated.Count);
        Assert.Equal(3, _translated.Select(t => t.Pool).Distinct().Count());
    }

    [Fact]
    public void After_that_different_ports_share_an_address_and_a_clash_is_told()
    {
        World world = Make(length: 32);
        TestNode a = world.NodeAtRs("a.ntm.test"), b = world.NodeAtRs("b.ntm.test");
        Assert.Equal(Public, Ask(a, Nas(Web)).Address);
        Assert.Equal(PublishResult.PortsTaken, Ask(b, Nas(Ssh, Web)).Result);
        Assert.Equal(Public, Ask(b, Nas(Ssh)).Address);
        Assert.Equal([(22, 22), (80, 80)], _translated.Select(t => ((int)t.Ports.First, (int)t.Ports.Last)).Order());
        Assert.Empty(AskAll(a)); // a publishes no more
        Assert.Equal(Public, Ask(b, Nas(Ssh, Web)).Address);
    }

    [Fact]
    public void What_the_machine_itself_serves_and_what_is_reserved_is_given_to_nobody()
    {
        World world = Make(length: 32, options => options with { Reserved = [new(IpProtocol.Udp, 60000, 61000)] });
        _served.Add((Public, 22));
        TestNode a = world.NodeAtRs("a.ntm.test");
        Assert.Equal(PublishResult.PortsTaken, Ask(a, Nas(Ssh)).Result);
        Assert.Equal(PublishResult.PortsTaken, Ask(a, Nas(new PublishedPorts(IpProtocol.Udp, 59999, 60000))).Result);
        Assert.Equal(PublishResult.TooManyPorts, Ask(a, Nas(new PublishedPorts(IpProtocol.Udp, 1000, 1256))).Result);
        Assert.Equal(PublishResult.Published, Ask(a, Nas(Web)).Result);
    }

    [Fact]
    public void One_node_cannot_take_everything()
    {
        World world = Make(length: 28, options => options with { MaxDevicesPerNode = 2 });
        TestNode a = world.NodeAtRs("a.ntm.test");
        PublishedPlace[] places = Ask(a, Nas(Web), new("b", Device + 1, 0, [Web]), new("c", Device + 2, 0, [Web]));
        Assert.Equal([PublishResult.Published, PublishResult.Published, PublishResult.Full], places.Select(p => p.Result));
        Assert.Equal(PublishResult.PortsTaken, Ask(a, Nas(Web), new("b", Device, 0, [Ssh, Web]))[1].Result); // one device under two names
    }

    [Fact]
    public void The_address_stays_when_ports_or_the_devices_own_address_change()
    {
        World world = Make(length: 28);
        TestNode a = world.NodeAtRs("a.ntm.test");
        uint address = Ask(a, new PublishedDevice("nas", Device, Public + 9, [Web])).Address;
        Assert.Equal(Public + 9, address); // the wish
        Assert.Equal(address, Ask(a, new PublishedDevice("nas", Device + 1, 0, [Ssh, Web])).Address);
        Assert.Single(_translated.Select(t => t.Pool).Distinct());
        Assert.Equal(2, _translated.Count);
    }

    [Fact]
    public void Nothing_is_said_before_the_machine_has_opened_the_ports_and_what_it_refused_is_not_kept()
    {
        World world = Make(length: 32);
        TestNode a = world.NodeAtRs("a.ntm.test");
        _done = 0;
        a.Send(new PublishRequest(1, [Nas(Web)]));
        Assert.Null(a.LastOrNone<PublishResponse>());
        _done = _number;
        Assert.Equal(PublishResult.Published, Ask(a, Nas(Web)).Result);
        PublishedDevice cam = new("cam", Device + 1, 0, [Ssh]);
        a.Send(new PublishRequest(1, [Nas(Web), cam]));
        _failed = _number;
        PublishedPlace[] places = Ask(a, Nas(Web), cam);
        Assert.Equal([PublishResult.Published, PublishResult.NotOpened], places.Select(p => p.Result));
        Assert.Equal(80, Assert.Single(_translated).Ports.First);
        _done = _number + 1; // from now on it can
        Assert.Equal(PublishResult.Published, Ask(a, Nas(Web), cam)[1].Result);
    }

    [Fact]
    public void A_published_device_does_not_give_way_to_others_of_its_node()
    {
        World world = Make(length: 28, egress: options => options with { MaxDevicesPerNode = 1 });
        TestNode a = world.NodeAtRs("a.ntm.test");
        Ask(a, Nas(Web));
        Assert.Equal(PublishResult.Full, Ask(a, Nas(Web), new("b", Device + 1, 0, [Ssh]))[1].Result);
        Assert.Single(_translated);
    }

    [Fact]
    public void A_node_that_is_away_has_no_way_in_and_its_address_is_kept_for_ten_minutes()
    {
        World world = Make(length: 32);
        TestNode a = world.NodeAtRs("a.ntm.test");
        Ask(a, Nas(Web));
        world.PassSeconds(200); // three minutes of silence end the session
        Assert.Empty(_translated);
        Assert.Equal(PublishResult.PortsTaken, Ask(world.NodeAtRs("b.ntm.test"), Nas(Web)).Result);
        Assert.Equal(Public, Ask(world.NodeAtRs("a.ntm.test"), Nas(Web)).Address);
        Assert.Single(_translated);
        world.PassSeconds(200 + 600);
        Assert.Equal(Public, Ask(world.NodeAtRs("b.ntm.test"), Nas(Web)).Address);
    }

    [Fact]
    public void A_relay_that_does_not_offer_it_says_so() =>
        Assert.Equal(PublishedPlace.Refused(PublishResult.NotOffered), Ask(new World().NodeAtRs("a.ntm.test"), Nas(Web)));

    [Fact]
    public void Each_device_has_an_IPv6_address_of_its_own_that_stays()
    {
        PublicPrefix6 prefix = new(new UInt128(0x2001_0DB8_0005_0000, 0), 64);
        World world = Make(length: 32, options => options with { Prefix6 = prefix });
        TestNode a = world.NodeAtRs("a.ntm.test"), b = world.NodeAtRs("b.ntm.test");
        UInt128 first = Ask(a, Nas(Web)).Ipv6;
        UInt128[] all = [first, Ask(a, Nas(Web), new("cam", Device + 1, 0, [Ssh]))[1].Ipv6, Ask(b, Nas(new PublishedPorts(IpProtocol.Tcp, 81, 81))).Ipv6];
        Assert.All(all, address => Assert.True(prefix.Contains(address)));
        Assert.Equal(3, all.Distinct().Count());
        Assert.Equal(first, Ask(Make(length: 32, options => options with { Prefix6 = prefix }).NodeAtRs("a.ntm.test"), Nas(Ssh)).Ipv6); // also of another run
        world.PassSeconds(1);
        TestNode named = world.Registered("a.ntm.test");
        Assert.Equal([true, false], Name(named, 3, new("nas", Public, first), new("cam", Public, first + (UInt128.One << 64))));
    }

    [Fact]
    public void The_DS_takes_a_registered_nodes_names_at_addresses_of_its_relays_alone()
    {
        World world = Make(length: 30);
        world.PassSeconds(1); // the DS meets the relay
        TestNode a = world.Registered("a.ntm.test");
        Assert.Equal([true, false], Name(a, 3, new("nas", Public + 1, 0), new("cam", Public + 4, 0)));
        Assert.Equal([true], Name(a, 4, new PublishedName("nas", Public, 0)));
        Assert.Empty(Name(a, 5));

        TestNode stranger = world.NodeAtDs("b.ntm.test");
        stranger.Send(new PublishedNames(3, [new("nas", Public, 0)]));
        Assert.Null(stranger.LastOrNone<PublishedNamesAck>());
        Assert.Equal([false], Name(new World().Registered("a.ntm.test"), 3, new PublishedName("nas", Public, 0))); // a relay without public addresses
    }

    private World Make(int length, Func<PublishingOptions, PublishingOptions>? change = null, Func<EgressOptions, EgressOptions>? egress = null)
    {
        var options = new PublishingOptions { Networks = [new PublicNetwork(Public, (byte)length)], BetweenChanges = TimeSpan.Zero };
        var pool = new EgressOptions { PoolBase = Pool, PoolLength = 24 };
        return new World(egress: (egress?.Invoke(pool) ?? pool, this), publishing: (change?.Invoke(options) ?? options, this));
    }

    private static PublishedDevice Nas(params PublishedPorts[] ports) => new("nas", Device, 0, ports);

    private static PublishedPlace Ask(TestNode node, PublishedDevice device) => Assert.Single(AskAll(node, device));

    private static PublishedPlace[] Ask(TestNode node, params PublishedDevice[] devices) => AskAll(node, devices);

    [Fact]
    public void Changes_in_quick_succession_are_left_unanswered_and_repeated_requests_are_not()
    {
        World world = Make(length: 32, options => options with { BetweenChanges = TimeSpan.FromSeconds(1) });
        TestNode a = world.NodeAtRs("a.ntm.test");
        Ask(a, Nas(Web));
        Ask(a, Nas(Web));
        a.Send(new PublishRequest(77, [Nas(Ssh)]));
        Assert.NotEqual(77u, a.Last<PublishResponse>().Request);
        Assert.Equal(80, Assert.Single(_translated).Ports.First);
        world.PassSeconds(1);
        Ask(a, Nas(Ssh));
        Assert.Equal(22, Assert.Single(_translated).Ports.First);
    }

    private static PublishedPlace[] AskAll(TestNode node, params PublishedDevice[] devices)
    {
        uint request = (uint)node.Received.Count + 1;
        node.Send(new PublishRequest(request, devices));
        PublishResponse response = node.Last<PublishResponse>();
        Assert.Equal(request, response.Request);
        return response.Places;
    }

    private static bool[] Name(TestNode node, uint request, params PublishedName[] names)
    {
        node.Send(new PublishedNames(request, names));
        Assert.Equal(request, node.Last<PublishedNamesAck>().Request);
        return node.Last<PublishedNamesAck>().Answered;
    }
}
