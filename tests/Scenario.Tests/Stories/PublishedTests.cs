using NTMobile.Packets;
using NTMobile.RelayServer.Egress;
using NTMobile.RelayServer.Publishing;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Servers;
using NTMobile.RouterCore.Translation;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Scenario.Tests.World;
using NTMobile.Wire.Dns;
using NTMobile.Wire.Frames;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>Hosts that know nothing of NTMobile ask the DNS for a published device and talk with it, whatever its router does meanwhile.</summary>
public sealed class PublishedTests
{
    private const uint Host = 0xC633_6409; // 198.51.100.9
    private const uint First = 0xCB00_7114; // 203.0.113.20
    private const ushort HostPort = 5000, Port = 7;
    private readonly MemoryWorld _world = new();
    private readonly MemoryRouter _alice;
    private readonly Device _nas;

    public PublishedTests()
    {
        Offer([new PublicNetwork(First, 31)]);
        _alice = _world.AddRouter("alice", Preset.Symmetric);
        _nas = _alice.AddDevice("nas");
        _world.UntilReady(_alice);
    }

    private MemoryInternet Internet => _world.Relay.Internet!;

    [Fact]
    public void What_is_not_published_has_no_name_and_no_way_in()
    {
        _world.Run(5);
        Assert.Equal(DnsResponseCode.NameError, _world.Directions.Ask(_nas.Name).ResponseCode);
        Assert.Empty(Internet.Ports);
        Assert.Null(_alice.Status.Egress.Server);
    }

    [Fact]
    public void A_host_finds_a_published_device_by_the_DNS_alone_and_the_device_sees_who_it_is()
    {
        Publish(_nas);
        Assert.True(Internet.Begin(Host, HostPort, Resolve(_nas), Port, "hello"u8));
        _world.Run(1);
        Assert.Equal(Host, Assert.Single(_nas.Arrivals).Source);
        Assert.Equal("hello"u8, Assert.Single(Internet.Answers).Payload);
        Assert.Equal(0, _alice.OrdinaryPackets);
        Assert.Empty(_world.Directions.Ask(_nas.Name, DnsType.Aaaa).Answers);
        Assert.Equal(DnsResponseCode.NoError, _world.Directions.Ask(_nas.Name, DnsType.Aaaa).ResponseCode); // the name exists
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_LAN_without_a_common_group_gets_the_public_address_from_its_router_and_no_other_name(bool isShared)
    {
        _nas.Shares = isShared ? [new Share(null, SharedPorts.All)] : []; // with its own group
        var other = _alice.AddDevice("cam", isShared: true);
        var bob = _world.AddRouter("bob", Preset.Home, _world.NewGroup("others"));
        var tablet = bob.AddDevice("tablet");
        _world.UntilReady(bob);
        Publish(_nas);
        var answer = _world.Resolve(tablet, _nas.Name);
        Assert.Equal(Resolve(_nas), Assert.IsType<ARecord>(Assert.Single(answer.Answers).Data).Address);
        Assert.Empty(bob.Status.Refusals);
        var refused = _world.Resolve(tablet, other.Name); // a name that exists, but not for everybody
        Assert.Equal((DnsResponseCode.NameError, DnsExtendedErrorCode.Prohibited), (refused.ResponseCode, refused.Edns?.Error?.Code));
        Assert.Equal(DnsResponseCode.NameError, _world.Resolve(tablet, $"unheard-of.{_alice.Name}").ResponseCode);
    }

    [Fact]
    public void What_the_machine_of_the_relay_server_does_not_open_is_told_and_tried_again()
    {
        Internet.Opens = false;
        _nas.Published = [new PortRange(IpProtocol.Udp, Port, Port)];
        _alice.TellDevices();
        Assert.True(_world.RunUntil(() => StateOf(_nas) == PublishState.NotOpened, 5));
        Assert.Equal(DnsResponseCode.NameError, _world.Directions.Ask(_nas.Name).ResponseCode);
        Internet.Opens = true;
        Assert.True(_world.RunUntil(() => StateOf(_nas) == PublishState.Published, 40));
    }

    [Fact]
    public void A_relay_server_gets_nowhere_but_to_published_ports()
    {
        Publish(_nas);
        var pool = Internet.Ports[0].Pool;
        Internet.SendToPool(Host, HostPort, pool, Port + 1, "x"u8);
        Internet.SendToPool(0xC0A8_0805, HostPort, pool, Port, "x"u8); // as if from the LAN
        Internet.SendToPool(0x7F00_0001, HostPort, pool, Port, "x"u8);
        _world.Run(1);
        Assert.Empty(_nas.Arrivals);
        Assert.Equal(3, _alice.Status.Drops[DropReason.NotAsked]);
    }

    [Fact]
    public void The_talk_goes_on_over_three_moves()
    {
        Publish(_nas);
        var address = Resolve(_nas);
        Every(20, () => Internet.Begin(Host, HostPort, address, Port, "still there?"u8));
        _world.Run(2);
        foreach (var preset in new[] { Preset.Home, Preset.Cloud, Preset.Symmetric })
        {
            var moved = _world.Clock.NowMs;
            _alice.MoveTo(_world.Network.NewSite(preset));
            _world.Run(4);
            Assert.InRange(LongestGapSince(moved), 0, 1500);
        }

        Assert.Equal(address, Resolve(_nas));
    }

    [Fact]
    public void After_the_end_nothing_goes_on()
    {
        Publish(_nas);
        var (address, pool) = (Resolve(_nas), Internet.Ports[0].Pool);
        Internet.Begin(Host, HostPort, address, Port, "one"u8);
        _world.Run(1);
        _nas.Published = [];
        _alice.TellDevices();
        _world.Run(1);
        Assert.Equal(DnsResponseCode.NameError, _world.Directions.Ask(_nas.Name).ResponseCode);
        Assert.Empty(Internet.Ports);
        Assert.Equal(Outcome.Drop(DropReason.NotPublished), _nas.SendUdp(Host, Port, HostPort, "more"u8, PacketHints.MustRelay));
        Internet.SendToPool(Host, HostPort, pool, Port, "two"u8);
        _world.Run(2);
        Assert.Single(_nas.Arrivals);
        Assert.Empty(_alice.Status.Published);
        Assert.Null(_alice.Status.Egress.Server); // nobody needs it any more
    }

    [Fact]
    public void What_is_published_again_after_a_pause_is_reached_before_the_device_has_sent_anything()
    {
        Publish(_nas);
        Internet.Begin(Host, HostPort, Resolve(_nas), Port, "one"u8);
        _world.Run(1);
        _nas.Published = [];
        _alice.TellDevices();
        _world.Run(2);
        Assert.Null(_alice.Status.Egress.Server); // its keys are forgotten here, but not there
        Publish(_nas);
        Internet.Begin(Host, HostPort, Resolve(_nas), Port, "two"u8);
        _world.Run(1);
        Assert.Equal(2, Internet.Answers.Count);
    }

    [Fact]
    public void Answers_take_no_other_way_than_the_questions_and_the_devices_own_packets_do_as_ever()
    {
        Publish(_nas);
        Internet.Begin(Host, HostPort, Resolve(_nas), Port, "hello"u8);
        _world.Run(1);
        Assert.Equal(Outcome.Consumed, _nas.SendUdp(Host, Port, HostPort, "late"u8));
        Assert.Equal(Outcome.Accept, _nas.SendUdp(Host + 1, Port, HostPort, "own"u8));
        _world.Relay.Stop();
        _world.Run(30);
        Assert.Equal(Outcome.Consumed, _nas.SendUdp(Host, Port, HostPort, "lost"u8)); // into the void, not in clear
    }

    [Fact]
    public void Two_devices_share_an_address_by_their_ports_when_there_are_no_more_and_a_clash_is_told()
    {
        Offer([new PublicNetwork(First, 32)]);
        _world.Run(10);
        var (camera, printer) = (_alice.AddDevice("camera"), _alice.AddDevice("printer"));
        Publish(_nas);
        Publish(camera, Port + 1);
        Assert.Equal((First, First), (Resolve(_nas), Resolve(camera)));
        printer.Published = [new PortRange(IpProtocol.Udp, Port, Port)];
        _alice.TellDevices();
        Assert.True(_world.RunUntil(() => StateOf(printer) == PublishState.PortsTaken, 5));
        Assert.Equal(DnsResponseCode.NameError, _world.Directions.Ask(printer.Name).ResponseCode);
        Assert.Equal(PublishState.Published, StateOf(_nas));

        _nas.Published = [];
        _alice.TellDevices();
        Assert.True(_world.RunUntil(() => StateOf(printer) == PublishState.Published, 40)); // it tries again
    }

    [Fact]
    public void A_relay_server_that_does_not_offer_it_says_so()
    {
        Offer([]);
        _world.Run(10);
        _nas.Published = [new PortRange(IpProtocol.Udp, Port, Port)];
        _alice.TellDevices();
        Assert.True(_world.RunUntil(() => StateOf(_nas) == PublishState.NotOffered, 5));
        _world.Relay.Stop();
        _world.Relay.Internet = null; // no way to ordinary hosts at all
        _world.Relay.Start();
        Assert.True(_world.RunUntil(() => StateOf(_nas) == PublishState.NotOffered, 20));
    }

    [Fact]
    public void It_comes_back_by_itself_when_either_server_has_forgotten_it()
    {
        Publish(_nas);
        var address = Resolve(_nas);
        _world.Directions.Stop();
        _world.Directions.Start();
        Assert.True(_world.RunUntil(() => _world.Directions.Ask(_nas.Name).Answers.Count > 0, 60), "the DS does not know it");
        _world.Relay.Stop();
        _world.Relay.Start();
        Assert.True(_world.RunUntil(() => Internet.Begin(Host, HostPort, address, Port, "hello"u8), 60), "the RS does not know it");
        _world.Run(2);
        Assert.NotEmpty(Internet.Answers);
    }

    [Fact]
    public void A_router_that_is_away_keeps_its_address_but_not_its_name()
    {
        Publish(_nas);
        var address = Resolve(_nas);
        _alice.Kill();
        _world.Run(300);
        Assert.Empty(_world.Directions.Ask(_nas.Name).Answers);
        Assert.Empty(Internet.Ports);
        var bob = _world.AddRouter("bob", Preset.Home);
        var other = bob.AddDevice("nas");
        _world.UntilReady(bob);
        Publish(other, on: bob);
        Assert.NotEqual(address, Resolve(other));
        _alice.Start();
        _alice.MoveTo(_world.Network.NewSite(Preset.Home));
        Assert.True(_world.RunUntil(() => StateOf(_nas) == PublishState.Published, 30));
        Assert.Equal(address, Resolve(_nas));
    }

    private void Offer(PublicNetwork[] networks)
    {
        _world.Relay.Stop();
        var options = new EgressOptions { PoolBase = MemoryInternet.PoolBase, PoolLength = 24 };
        _world.Relay.Internet = new MemoryInternet(_world, options)
        {
            Publishing = networks.Length == 0 ? null : new PublishingOptions { Networks = networks },
        };
        _world.Relay.Start();
    }

    private void Publish(Device device, ushort port = Port, MemoryRouter? on = null)
    {
        device.Published = [new PortRange(IpProtocol.Udp, port, port)];
        (on ?? _alice).TellDevices();
        Assert.True(_world.RunUntil(() => (on ?? _alice).Status.Published.Any(p => p.Label == device.Facts.Label && p.State == PublishState.Published), 20), "it is not published");
    }

    private PublishState? StateOf(Device device) => _alice.Status.Published.FirstOrDefault(p => p.Label == device.Facts.Label)?.State;

    private uint Resolve(Device device) => Assert.IsType<ARecord>(Assert.Single(_world.Directions.Ask(device.Name).Answers).Data).Address;

    private void Every(int ms, Action act)
    {
        act();
        _world.Clock.After(TimeSpan.FromMilliseconds(ms), () => Every(ms, act));
    }

    private long LongestGapSince(long ms)
    {
        long longest = 0, last = ms;
        foreach (var at in Internet.Answers.Select(a => a.AtMs).Where(at => at >= ms).Append(_world.Clock.NowMs))
        {
            longest = Math.Max(longest, at - last);
            last = at;
        }

        return longest;
    }
}
