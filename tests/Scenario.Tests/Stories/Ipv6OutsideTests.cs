using NTMobile.RouterCore;
using NTMobile.Scenario.Tests.World;
using NTMobile.Wire;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>Places with IPv6 outside: beside IPv4, alone with a NAT64, and alone.</summary>
public sealed class Ipv6OutsideTests
{
    private const string Relay = "relay";
    private const string Ipv4 = "IPv4";
    private const string Ipv6 = "IPv6";

    // Which way data goes in the end, from either end: by IPv4 directly, by IPv6 directly, or through the relay.
    public static TheoryData<string, string, string> Pairs => new()
    {
        { "v6only", "cloud", Ipv4 },
        { "v6only", "home", Ipv4 },
        { "home", "v6only", Ipv4 },
        { "v6only", "symmetric", Ipv4 },
        { "v6symmetric", "home", Ipv4 },
        { "v6symmetric", "cloud", Ipv4 },
        { "v6symmetric", "symmetric", Relay },
        { "v6only", "v6only", Ipv6 },
        { "v6only", "v6symmetric", Ipv6 },
        { "dual", "dual", Ipv6 },
        { "dualsymmetric", "dualsymmetric", Ipv6 },
        { "dualsymmetric", "v6only", Ipv6 },
        { "dual", "v6only", Ipv6 },
        { "v6alone", "dual", Ipv6 },
        { "dual", "home", Ipv4 },
        { "v6alone", "v6only", Ipv6 },
        { "v6alone", "home", Relay },
        { "cloud", "v6alone", Relay },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_pair_connects_and_takes_the_best_way(string one, string other, string way)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other), serversHaveIpv6: true);
        var began = pair.NowMs;
        pair.MeetOnce();
        Assert.True(pair.NowMs - began <= 250, $"the first byte came back after {pair.NowMs - began} ms");

        pair.World.Run(30);
        var relayed = pair.World.Relay.PayloadPackets;
        Assert.True(pair.World.Echo(pair.Laptop, pair.AsLaptopSees));
        Assert.Equal((way, way), (WayOf(pair.AtAlice), WayOf(pair.AtBob)));
        Assert.Equal(way == Relay ? relayed + 2 : relayed, pair.World.Relay.PayloadPackets);
        Assert.Equal(0, pair.Alice.SpinningTicks + pair.Bob.SpinningTicks);
    }

    [Theory]
    [InlineData("v6only", "home")]
    [InlineData("v6only", "symmetric")]
    [InlineData("v6only", "v6only")]
    public void Servers_with_IPv4_alone_are_reached_through_the_NAT64(string one, string other)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other)).Meet();

        Assert.Equal(pair.World.Directions.At, pair.Alice.Status.DirectionServer!.Endpoint);
        Assert.Equal(pair.Alice.Site.PublicAddress, pair.Alice.Status.DirectionServer.Seen.Ipv4Address);
        Assert.Equal("EndpointIndependent", pair.Alice.Status.NatMapping);
    }

    [Fact]
    public void Servers_with_IPv6_are_reached_by_it_and_tell_how_IPv4_hosts_see_us()
    {
        var world = new MemoryWorld(serversHaveIpv6: true);
        var alice = world.AddRouter("alice", Preset.V6Only);
        world.UntilReady(alice);
        world.Run(2);

        Assert.Equal((world.Directions.At6, world.Relay.At6), (alice.Status.DirectionServer!.Endpoint, alice.Status.Relays[0].Endpoint));
        Assert.Equal(alice.Local, alice.Status.DirectionServer.Seen);
    }

    [Theory]
    [InlineData("v6only", "home")]
    [InlineData("v6only", "v6only")]
    [InlineData("dual", "home")]
    [InlineData("v6alone", "dual")]
    [InlineData("v6alone", "symmetric")]
    public void A_move_from_IPv4_to_there_and_back_is_survived(string to, string other)
    {
        var pair = new Pair(Preset.Home, Preset.Of(other), serversHaveIpv6: true).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(2);
        foreach (var preset in new[] { Preset.Of(to), Preset.Home })
        {
            var moved = pair.NowMs;
            pair.Alice.MoveTo(pair.World.Network.NewSite(preset));
            pair.World.Run(10);

            Assert.InRange(there.LongestGapSince(moved), 0, 250);
            Assert.InRange(back.LongestGapSince(moved), 0, 250);
            Assert.True(pair.AtAlice.EstablishedSeconds > 10, "the session was not kept");
        }

        there.AssertAtMostOnce();
        back.AssertAtMostOnce();
    }

    [Fact]
    public void Where_the_servers_do_not_answer_by_IPv6_IPv4_is_tried_and_left_again()
    {
        var world = new MemoryWorld(serversHaveIpv6: true);
        var broken = true;
        world.Network.Lose = d => broken && (d.To.Address >> 64 == world.Directions.Site.Prefix6 >> 64 || d.To.Address >> 64 == world.Relay.Site.Prefix6 >> 64);
        var alice = world.AddRouter("alice", Preset.V6Only);
        world.UntilReady(alice);
        Assert.Equal((world.Directions.At, world.Relay.At), (alice.Status.DirectionServer!.Endpoint, alice.Status.Relays[0].Endpoint));

        broken = false;
        world.Run(20);
        Assert.Equal((world.Directions.At6, world.Relay.At6), (alice.Status.DirectionServer!.Endpoint, alice.Status.Relays[0].Endpoint));
    }

    [Fact]
    public void When_IPv6_to_the_relay_breaks_off_the_session_goes_on_by_IPv4()
    {
        var pair = new Pair(Preset.V6Symmetric, Preset.Symmetric, serversHaveIpv6: true).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(2);
        var relay = pair.World.Relay;
        Assert.Equal(relay.At6, pair.AtAlice.Path!.Remote);

        var broken = pair.NowMs;
        pair.World.Network.Lose = d => d.To == relay.At6 || d.From == relay.At6;
        pair.World.Run(5);

        Assert.Equal(relay.At, pair.AtAlice.Path!.Remote);
        Assert.InRange(there.LongestGapSince(broken), 0, 1000);
        Assert.InRange(back.LongestGapSince(broken), 0, 1000);
    }

    [Theory]
    [InlineData(true, Ipv6)]
    [InlineData(false, Ipv4)]
    public void A_version_that_leads_nowhere_from_the_start_costs_no_time(bool isIpv4, string way)
    {
        var world = new MemoryWorld(serversHaveIpv6: true);
        var (alice, bob) = (world.AddRouter("alice", Preset.Dual), world.AddRouter("bob", Preset.Dual));
        world.Network.Lose = d => isIpv4
            ? d.To.IsIpv4 && (d.To.Ipv4Address == alice.Site.PublicAddress || d.From.Ipv4Address == alice.Site.PublicAddress)
            : d.To.IsIpv6 && (d.To.Address >> 64 == alice.Site.Prefix6 >> 64 || d.From.Address >> 64 == alice.Site.Prefix6 >> 64);
        var laptop = alice.AddDevice("laptop");
        var camera = bob.AddDevice("camera", isShared: true);
        var began = world.Clock.NowMs;
        world.UntilReady(alice, bob);
        Assert.InRange(world.Clock.NowMs - began, 0, 1500);

        began = world.Clock.NowMs;
        var address = world.Meet(laptop, camera);
        Assert.True(world.Clock.NowMs - began <= 250, $"the first byte came back after {world.Clock.NowMs - began} ms");
        world.Run(5);
        Assert.True(world.Echo(laptop, address));
        Assert.Equal((way, way), (WayOf(Assert.Single(alice.Status.Peers)), WayOf(Assert.Single(bob.Status.Peers))));
        Assert.Equal(isIpv4 ? world.Directions.At6 : world.Directions.At, alice.Status.DirectionServer!.Endpoint);
    }

    [Theory]
    [InlineData("dualsymmetric", "symmetric")]
    [InlineData("dualsymmetric", "home")]
    [InlineData("dual", "cloud")]
    public void When_IPv4_falls_silent_the_session_goes_on_by_IPv6_and_the_relay(string one, string other)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other), serversHaveIpv6: true).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(5);
        var way = (WayOf(pair.AtAlice), WayOf(pair.AtBob));

        var broken = pair.NowMs;
        var outside = pair.Alice.Site.PublicAddress;
        pair.World.Network.Lose = d => d.To.IsIpv4 && (d.To.Ipv4Address == outside || d.From.Ipv4Address == outside);
        pair.World.Run(20);
        Assert.InRange(there.LongestGapSince(broken), 0, 2500);
        Assert.InRange(back.LongestGapSince(broken), 0, 2500);
        Assert.Equal((pair.World.Relay.At6, pair.World.Directions.At6), (pair.AtAlice.Path!.Remote, pair.Alice.Status.DirectionServer!.Endpoint));

        pair.World.Network.Lose = static _ => false;
        pair.World.Run(60);
        Assert.Equal((way, pair.World.Directions.At), ((WayOf(pair.AtAlice), WayOf(pair.AtBob)), pair.Alice.Status.DirectionServer!.Endpoint));
        Assert.Equal(0, pair.Alice.SpinningTicks + pair.Bob.SpinningTicks);
    }

    [Theory]
    [InlineData("dual", "dual", Ipv4, 1100)] // there is a direct path that answers
    [InlineData("dual", "v6only", Ipv4, 1100)]
    [InlineData("dualsymmetric", "dual", Ipv4, 1500)]
    [InlineData("dualsymmetric", "dualsymmetric", Relay, 1500)]
    public void When_IPv6_falls_silent_the_session_goes_on_by_IPv4_and_returns_when_it_heals(string one, string other, string meanwhile, int withinMs)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other), serversHaveIpv6: true).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(2);
        Assert.Equal((Ipv6, Ipv6), (WayOf(pair.AtAlice), WayOf(pair.AtBob)));

        var broken = pair.NowMs;
        pair.World.Network.Lose = d => d.To.IsIpv6 && (d.To.Address >> 64 == pair.Alice.Site.Prefix6 >> 64 || d.From.Address >> 64 == pair.Alice.Site.Prefix6 >> 64);
        pair.World.Run(40);
        Assert.InRange(there.LongestGapSince(broken), 0, withinMs);
        Assert.InRange(back.LongestGapSince(broken), 0, withinMs);
        Assert.Equal((meanwhile, meanwhile), (WayOf(pair.AtAlice), WayOf(pair.AtBob)));

        var healed = pair.NowMs;
        pair.World.Network.Lose = static _ => false;
        pair.World.Run(20);
        Assert.Equal((Ipv6, Ipv6), (WayOf(pair.AtAlice), WayOf(pair.AtBob)));
        Assert.Equal((0, 0), (there.LostBetween(healed, pair.NowMs - 100), back.LostBetween(healed, pair.NowMs - 100)));
        there.AssertAtMostOnce();
        back.AssertAtMostOnce();
        Assert.Equal(0, pair.Alice.SpinningTicks + pair.Bob.SpinningTicks);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void When_only_the_IPv4_address_changes_packets_stay_on_the_path_by_IPv6(bool serversHaveIpv6)
    {
        foreach (var seed in Seeds.Of(3, 100))
        {
            var (pair, there, back) = TalkByIpv6(seed, serversHaveIpv6);
            var (relayed, changed) = (pair.World.Relay.PayloadPackets, pair.NowMs);
            pair.Alice.ChangeIpv4(pair.World.Network.NewSite(Preset.Home));
            Assert.False(pair.World.RunUntil(() => (WayOf(pair.AtAlice), WayOf(pair.AtBob)) != (Ipv6, Ipv6), 5));

            Assert.Equal((0, 0), (there.LostBetween(changed, pair.NowMs - 100), back.LostBetween(changed, pair.NowMs - 100)));
            Assert.Equal(relayed, pair.World.Relay.PayloadPackets);
            Assert.InRange(Math.Max(there.LongestGapSince(changed), back.LongestGapSince(changed)), 0, 25);
        }
    }

    // Then bob cannot know that the other path is not meant, and asks.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void When_the_word_of_the_changed_IPv4_address_comes_by_the_relay_the_path_by_IPv6_is_back_at_once(bool serversHaveIpv6)
    {
        foreach (var seed in Seeds.Of(3, 100))
        {
            var (pair, there, back) = TalkByIpv6(seed, serversHaveIpv6);
            var changed = pair.NowMs;
            pair.World.Network.Lose = d => d.Bytes[0] == (byte)DatagramType.Locator && d.To.IsIpv6 && d.To != pair.World.Relay.At6;
            pair.Alice.ChangeIpv4(pair.World.Network.NewSite(Preset.Home));
            Assert.True(pair.World.RunUntil(() => WayOf(pair.AtBob) == Relay, 1));
            Assert.True(pair.World.RunUntil(() => WayOf(pair.AtBob) == Ipv6, 0.1)); // a round trip by IPv6 and a tick
            Assert.False(pair.World.RunUntil(() => (WayOf(pair.AtAlice), WayOf(pair.AtBob)) != (Ipv6, Ipv6), 5));

            Assert.Equal((0, 0), (there.LostBetween(changed, pair.NowMs - 100), back.LostBetween(changed, pair.NowMs - 100)));
        }
    }

    [Fact]
    public void Sizes_of_paths_are_those_of_their_IP_version()
    {
        var pair = new Pair(Preset.Dual, Preset.Dual, serversHaveIpv6: true).Meet();
        var (there, _) = pair.Talk();
        pair.World.Run(4);
        there.Stop();

        Assert.Equal((Ipv6, 1500), (WayOf(pair.AtAlice), pair.AtAlice.Path!.Mtu));
    }

    private static (Pair Pair, Traffic There, Traffic Back) TalkByIpv6(ulong seed, bool serversHaveIpv6)
    {
        var pair = new Pair(Preset.Dual, Preset.Dual, seed, serversHaveIpv6: serversHaveIpv6).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(2 + (0.01 * seed));
        Assert.Equal((Ipv6, Ipv6), (WayOf(pair.AtAlice), WayOf(pair.AtBob)));
        return (pair, there, back);
    }

    private static string WayOf(PeerStatus peer) => peer.Path switch
    {
        { IsRelay: true } => Relay,
        { Remote.IsIpv6: true } => Ipv6,
        _ => Ipv4,
    };
}
