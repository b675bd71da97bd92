using NTMobile.Packets;
using NTMobile.RelayServer.Egress;
using NTMobile.RelayServer.Publishing;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Servers;
using NTMobile.RouterCore.Translation;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Scenario.Tests.World;
using NTMobile.Wire.Dns;
using NTMobile.Wire.Frames;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>Ordinary hosts with IPv6 and a published device that has IPv4 alone: it has an address of its own at the RS.</summary>
public sealed class PublishedIpv6Tests
{
    private const ushort HostPort = 5000, Port = 7;
    private static readonly UInt128 Host = new(0x2001_0DB8_0009_0000, 9);
    private static readonly PublicPrefix6 Prefix = new(new UInt128(0x2001_0DB8_0005_0000, 0), 64);
    private static readonly AddressPrefix StandIns = AddressPrefix.Virtual.LastEighth;
    private readonly MemoryWorld _world = new();
    private readonly MemoryRouter _alice;
    private readonly Device _nas;

    public PublishedIpv6Tests()
    {
        _world.Relay.Stop();
        _world.Relay.Internet = new MemoryInternet(_world, new EgressOptions { PoolBase = MemoryInternet.PoolBase, PoolLength = 24 })
        {
            Publishing = new PublishingOptions { Networks = [new PublicNetwork(0xCB00_7114, 32)], Prefix6 = Prefix },
        };
        _world.Relay.Start();
        _alice = _world.AddRouter("alice", Preset.Symmetric);
        _nas = _alice.AddDevice("nas");
        _world.UntilReady(_alice);
    }

    private MemoryInternet Internet => _world.Relay.Internet!;

    private EgressService Relay => _world.Relay.Service.Egress!;

    [Fact]
    public void A_host_finds_the_address_in_the_DNS_and_the_answer_comes_from_there()
    {
        Assert.Empty(_world.Directions.Ask(_nas.Name, DnsType.Aaaa).Answers);
        var address = Publish();
        Assert.True(Prefix.Contains(address));
        Internet.BeginIpv6(Host, HostPort, address, Port, "hello"u8);
        _world.Run(1);
        var seen = Assert.Single(_nas.Arrivals);
        Assert.True(StandIns.Contains(seen.Source));
        Assert.Equal("hello"u8, seen.Payload);
        Assert.True(Ipv6.TryRead(Assert.Single(Internet.SentIpv6).Packet, out var answer));
        Assert.Equal((address, Host), (answer.Source, answer.Destination));
        Assert.Equal("hello"u8, answer.Payload[Udp.HeaderLength..]);
        Assert.Equal(0, _alice.OrdinaryPackets);
        Assert.IsType<ARecord>(Assert.Single(_world.Directions.Ask(_nas.Name).Answers).Data); // beside it
    }

    [Fact]
    public void Nothing_but_published_ports_of_published_addresses_is_there_and_no_host_without_an_address_of_the_Internet()
    {
        var address = Publish();
        Internet.BeginIpv6(Host, HostPort, address, Port + 1, "x"u8);
        Internet.BeginIpv6(Host, HostPort, address + 1, Port, "x"u8);
        Internet.BeginIpv6(new UInt128(0xFD4E_5400_0000_0000, 1), HostPort, address, Port, "x"u8);
        Internet.BeginIpv6(new UInt128(0xFE80_0000_0000_0000, 1), HostPort, address, Port, "x"u8);
        Internet.BeginIpv6(1, HostPort, address, Port, "x"u8);
        _world.Run(1);
        Assert.Empty(_nas.Arrivals);
        Assert.Equal((1, 1), (Relay.Drops[EgressDrop.EgressNotPublished], Relay.Drops[EgressDrop.EgressUnknownDevice]));
        Assert.Equal(3, _alice.Status.Drops[DropReason.NotAsked]);
    }

    [Fact]
    public void A_device_begins_nothing_towards_the_addresses_of_hosts_and_the_end_is_the_end()
    {
        var address = Publish();
        Internet.BeginIpv6(Host, HostPort, address, Port, "one"u8);
        _world.Run(1);
        var host = Assert.Single(_nas.Arrivals).Source;
        Assert.Equal(Outcome.Drop(DropReason.NotPublished), _nas.SendUdp(host, Port, HostPort + 1, "x"u8));
        Assert.Equal(Outcome.Drop(DropReason.NotPublished), _nas.SendUdp(host, Port + 1, HostPort, "x"u8));
        Assert.Equal(Outcome.Drop(DropReason.UnknownVirtualAddress), _nas.SendUdp(host ^ 1, Port, HostPort, "x"u8));
        Assert.Equal(Outcome.Consumed, _nas.SendUdp(host, Port, HostPort, "late"u8));
        _world.Run(1);
        Assert.Equal(2, Internet.SentIpv6.Count);
        _nas.Published = [];
        _alice.TellDevices();
        Assert.Equal(Outcome.Drop(DropReason.NotPublished), _nas.SendUdp(host, Port, HostPort, "more"u8));
        _world.Run(1);
        Internet.BeginIpv6(Host, HostPort, address, Port, "two"u8);
        _world.Run(1);
        Assert.Single(_nas.Arrivals, a => a.Protocol == IpProtocol.Udp);
        Assert.Single(_nas.Arrivals, a => a.Protocol == IpProtocol.Icmp); // of the address that is nobody's
        Assert.Empty(_world.Directions.Ask(_nas.Name, DnsType.Aaaa).Answers);
    }

    [Fact]
    public void The_talk_goes_on_over_moves_and_the_address_stays()
    {
        var address = Publish();
        Every(20, () => Internet.BeginIpv6(Host, HostPort, address, Port, "still there?"u8));
        _world.Run(2);
        foreach (var preset in new[] { Preset.Home, Preset.Cloud })
        {
            var moved = _world.Clock.NowMs;
            _alice.MoveTo(_world.Network.NewSite(preset));
            _world.Run(4);
            var times = Internet.SentIpv6.Select(s => s.AtMs).Where(at => at >= moved).Append(_world.Clock.NowMs).ToArray();
            Assert.InRange(times.Zip(times.Skip(1), (a, b) => b - a).Append(times[0] - moved).Max(), 0, 1500);
        }

        Assert.Equal(address, Resolve());
        Assert.Single(_nas.Arrivals.Select(a => a.Source).Distinct());
    }

    [Fact]
    public void Over_a_narrow_way_1280_bytes_go_in_parts_both_ways_and_more_is_refused_with_the_size()
    {
        var address = Publish();
        _alice.Site.Line.Mtu = 1000;
        _alice.MoveTo(_alice.Site);
        _world.Run(5);
        _nas.Echoes = false;
        var most = Bytes(1280 - 48);
        Internet.BeginIpv6(Host, HostPort, address, Port, most);
        _world.Run(1);
        Assert.True(_nas.Arrivals.Count > 1, "in one piece");
        Assert.Equal(most, _nas.Arrivals.SelectMany(a => a.Packet[20..]).Skip(8));
        var host = _nas.Arrivals[0].Source;
        _nas.SendUdp(host, Port, HostPort, most, mayFragment: true);
        _world.Run(1);
        Assert.Equal(most, Internet.SentIpv6.SelectMany(s => s.Packet[48..]).Skip(8));
        Internet.SentIpv6.Clear();
        Internet.BeginIpv6(Host, HostPort, address, Port, Bytes(1300));
        Assert.True(Ipv6.TryRead(Assert.Single(Internet.SentIpv6).Packet, out var error));
        Assert.Equal((Icmpv6.PacketTooBig, 1280, Host), (error.Payload[0], (error.Payload[6] << 8) | error.Payload[7], error.Destination));
        Assert.Equal(1, Relay.Drops[EgressDrop.EgressTooBig]);
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7))];

    private UInt128 Publish()
    {
        _nas.Published = [new PortRange(IpProtocol.Udp, Port, Port)];
        _alice.TellDevices();
        Assert.True(_world.RunUntil(() => _alice.Status.Published.Any(p => p.State == PublishState.Published), 20), "it is not published");
        Assert.Equal(Resolve(), Assert.Single(_alice.Status.Published).Ipv6);
        return Resolve();
    }

    private UInt128 Resolve() => Assert.IsType<AaaaRecord>(Assert.Single(_world.Directions.Ask(_nas.Name, DnsType.Aaaa).Answers).Data).Address;

    private void Every(int ms, Action act)
    {
        act();
        _world.Clock.After(TimeSpan.FromMilliseconds(ms), () => Every(ms, act));
    }
}
