using NTMobile.RelayServer.Egress;
using NTMobile.RouterCore;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>A laptop talks with ordinary hosts through the RS, whose router moves, whose RS dies, and whose neighbours are greedy.</summary>
public sealed class OrdinaryHostTests
{
    private const uint Host = 0xC633_6409; // 198.51.100.9
    private const ushort Port = 5000;
    private readonly MemoryWorld _world = new();
    private readonly MemoryRouter _alice;
    private readonly Device _laptop;

    public OrdinaryHostTests()
    {
        Offer(new EgressOptions { PoolBase = MemoryInternet.PoolBase, PoolLength = 24, Resolver = 0x0909_0909 });
        _alice = _world.AddRouter("alice", Preset.Home);
        _laptop = _alice.AddDevice("laptop");
        _world.UntilReady(_alice);
    }

    private EgressStatus Egress => _alice.Status.Egress;

    [Fact]
    public void Nothing_is_asked_of_the_relay_before_the_owner_wants_it()
    {
        _world.Run(5);
        Assert.Null(Egress.Server);
        Assert.Equal(Outcome.Accept, _laptop.SendUdp(Host, Port, 7, "x"u8));
        Assert.Equal(Outcome.Accept, _laptop.SendUdp(Host, Port, 7, "x"u8, PacketHints.MayRelay));
    }

    [Fact]
    public void A_relay_that_does_not_offer_it_leaves_what_must_be_relayed_inside_and_what_may_be_direct()
    {
        Offer(null);
        _world.Run(10);
        _alice.Tell(new EgressWanted(true));
        _world.Run(10);
        Assert.Null(Egress.Server);
        Assert.Equal(Outcome.Drop(DropReason.NoEgress), Send());
        Assert.Equal(Outcome.Accept, _laptop.SendUdp(Host, Port, 7, "x"u8, PacketHints.MayRelay));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_talk_goes_on_over_four_moves_and_the_host_sees_one_address(bool withoutUdp)
    {
        Want();
        Talk();
        _world.Run(2);
        foreach (var preset in new[] { Preset.Symmetric, Preset.Cloud, Preset.V6Only, Preset.Home })
        {
            var site = _world.Network.NewSite(preset);
            site.Line.BlocksUdp = withoutUdp;
            var moved = _world.Clock.NowMs;
            _alice.MoveTo(site);
            _world.Run(4);
            Assert.InRange(LongestGapSince(moved), 0, 1500);
        }

        Assert.Single(_world.Relay.Internet!.Seen.Distinct());
        Assert.True(Egress.RelaysByItself);
        Assert.Equal(0, _alice.OrdinaryPackets);
    }

    [Fact]
    public void The_way_is_measured_anew_at_each_place()
    {
        Want();
        var wide = Egress.Mtu;
        _alice.MoveTo(_world.Network.NewSite(Preset.Home), mtu: 1280);
        _world.Run(3);
        Assert.Equal(1252 - 25, Egress.Mtu);
        _alice.MoveTo(_world.Network.NewSite(Preset.Home));
        _world.Run(3);
        Assert.Equal((wide, 1472 - 25), (Egress.Mtu, wide));
    }

    [Fact]
    public void After_the_loss_of_the_relay_nothing_leaves_in_clear_and_it_goes_on_by_itself()
    {
        Want();
        Talk();
        _world.Run(2);
        _world.Relay.Stop();
        _world.Run(20);
        Assert.Equal(0, _alice.OrdinaryPackets);
        _world.Relay.Start();
        var back = _world.Clock.NowMs;
        _world.Run(15);
        Assert.True(_laptop.Arrivals.Count(a => a.AtMs >= back) > 100);
        Assert.Equal(0, _alice.OrdinaryPackets);
    }

    [Fact]
    public void Udp_ends_under_the_talk_which_is_on_tcp_soon_and_back_on_udp_after_the_block()
    {
        Want();
        Talk();
        _world.Run(3);
        var blocked = _world.Clock.NowMs;
        _alice.Site.Line.BlocksUdp = true;
        _world.Run(10);
        Assert.InRange(LongestGapSince(blocked), 0, 1500);
        Assert.True(Assert.Single(_alice.Status.Relays).Endpoint.IsTcp);
        _alice.Site.Line.BlocksUdp = false;
        var open = _world.Clock.NowMs;
        _world.Run(40);
        Assert.InRange(LongestGapSince(open), 0, 200);
        Assert.False(Assert.Single(_alice.Status.Relays).Endpoint.IsTcp);
        Assert.Single(_world.Relay.Internet!.Seen.Distinct());
    }

    [Fact]
    public void When_the_owner_wants_it_no_more_everything_is_direct_again()
    {
        Want();
        _alice.Tell(new EgressWanted(false));
        Assert.Null(Egress.Server);
        Assert.Equal(Outcome.Accept, _laptop.SendUdp(Host, Port, 7, "x"u8, PacketHints.MayRelay));
        Want();
    }

    [Fact]
    public void A_greedy_node_takes_nothing_from_another_ones_share()
    {
        Offer(new EgressOptions { PoolBase = MemoryInternet.PoolBase, PoolLength = 24, BytesPerNode = 1e6, BytesInAll = 1e6 });
        var bob = _world.AddRouter("bob", Preset.Home);
        var greedy = bob.AddDevice("tv");
        _world.UntilReady(bob);
        bob.Tell(new EgressWanted(true));
        Want();
        Assert.True(_world.RunUntil(() => bob.Status.Egress.Server is not null, 10));
        Every(1, () =>
        {
            for (var i = 0; i < 3; i++)
            {
                greedy.SendUdp(Host, Port, 7, new byte[1000], PacketHints.MustRelay); // 3 MB/s
            }
        });
        Talk(); // 50 packets a second of a hundred bytes
        _world.Run(3);
        var (sent, before) = (_world.Clock.NowMs, _laptop.Arrivals.Count);
        _world.Run(4);
        Assert.InRange(_laptop.Arrivals.Count - before, 195, 205);
        Assert.True(_world.Relay.Service.Egress!.Drops[EgressDrop.EgressOverQuota] > 1000);
        Assert.InRange(greedy.Arrivals.Count(a => a.AtMs >= sent) * 1028, 1_500_000, 2_500_000); // half of it all, for four seconds
    }

    private void Offer(EgressOptions? options)
    {
        _world.Relay.Stop();
        _world.Relay.Internet = options is null ? null : new MemoryInternet(_world, options);
        _world.Relay.Start();
    }

    private void Want()
    {
        _alice.Tell(new EgressWanted(true));
        Assert.True(_world.RunUntil(() => Egress.Server is not null, 10), "the relay takes no packets");
    }

    private Outcome Send() => _laptop.SendUdp(Host, Port, 7, new byte[72], PacketHints.MustRelay);

    private void Talk() => Every(20, () => Assert.Equal(Outcome.Consumed, Send()));

    private void Every(int ms, Action act)
    {
        act();
        _world.Clock.After(TimeSpan.FromMilliseconds(ms), () => Every(ms, act));
    }

    private long LongestGapSince(long ms)
    {
        long longest = 0, last = ms;
        foreach (var at in _laptop.Arrivals.Select(a => a.AtMs).Where(at => at >= ms).Append(_world.Clock.NowMs))
        {
            longest = Math.Max(longest, at - last);
            last = at;
        }

        return longest;
    }
}
