using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>alice has nothing but IPv6 outside, bob and carol nothing but IPv4, dora and erin both.</summary>
public sealed class Ipv6OutsideWorld : ProductFixture
{
    public ProductRouter Alice => World["alice"];

    protected override void Describe(WorldBuilder world)
    {
        var both = new PlaceOptions { IPv6 = true };
        world.Site("alice", Presets.V6Only);
        world.Site("bob", Presets.Home);
        world.Site("carol", Presets.Symmetric);
        world.Site("dora", [world.Place(Presets.Home, options: both)]);
        world.Site("erin", [world.Place(Presets.Home, options: both)]);
        world.Place(Presets.V6Only);
    }

    protected override async Task StartAsync()
    {
        foreach (var router in World.Routers)
        {
            await router.ShareAsync(router.Site.Device, "box");
        }

        await Iperf3.ServeAsync(World["dora"].Site.Device);
    }
}

public sealed class Ipv6OutsideTests(Ipv6OutsideWorld fixture, ITestOutputHelper output) : ProductTest<Ipv6OutsideWorld>(fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private ProductWorld World => Fixture.World;

    [Theory]
    [InlineData("alice", "bob")]
    [InlineData("bob", "alice")]
    [InlineData("alice", "carol")]
    [InlineData("carol", "alice")]
    public async Task Who_has_IPv6_alone_and_who_has_IPv4_alone_reach_each_other(string from, string to)
    {
        Assert.Equal((3, 3), await World[from].Site.Device.PingAsync(World[to].Name("box"), 3));
    }

    [Theory]
    [InlineData("alice", "bob", false)] // through the NAT64, which is a NAT as bob's
    [InlineData("alice", "dora", true)]
    [InlineData("dora", "erin", true)]
    public async Task The_direct_path_is_found_and_IPv6_is_preferred(string from, string to, bool isIpv6)
    {
        var (near, far) = (World[from], World[to]);
        await near.Site.Device.ReachesAsync(far.Name("box"));
        await Asking.UntilAsync($"{from} and {to} are direct", Patience, async () =>
            await IsDirectAsync(near, to, isIpv6) && await IsDirectAsync(far, from, isIpv6));
        Assert.Equal(0, await GridWalk.ProveAsync(World, near, far));
        output.WriteLine($"{(await near.SessionAsync(to))!.Value.GetProperty("path")}");
    }

    [Fact]
    public async Task The_status_shows_addresses_of_both_versions_and_the_NAT64()
    {
        var alone = (await Fixture.Alice.StatusAsync()).GetProperty("uplinks")[0];
        var place = Fixture.Alice.Site.Uplink;
        Assert.Equal($"{place.Address6}/64", alone.GetProperty("address6").GetString());
        Assert.Equal($"{place.Place.Nat64Prefix}", alone.GetProperty("nat64").GetString());
        var dual = (await World["dora"].StatusAsync()).GetProperty("uplinks")[0];
        Assert.Equal($"{World["dora"].Site.Uplink.Address}/24", dual.GetProperty("address").GetString());
        Assert.Equal($"{World["dora"].Site.Uplink.Address6}/64", dual.GetProperty("address6").GetString());
    }

    [Fact]
    public async Task A_connection_survives_the_move_to_a_network_with_IPv6_alone_and_back()
    {
        var bob = World["bob"];
        var home = bob.Site.Uplink.Place;
        await bob.Site.Device.ReachesAsync(World["dora"].Name("box"));
        var flow = Iperf3.TcpAsync(bob.Site.Device, World["dora"].Name("box"), TimeSpan.FromSeconds(7));
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        await bob.Site.Uplink.ReplugAsync(World.Lab.Place("v6only2"));
        await Task.Delay(2500, TestContext.Current.CancellationToken);
        await bob.Site.Uplink.ReplugAsync(home);
        var throughput = await flow;
        var moves = (await bob.SessionAsync("dora"))!.Value.GetProperty("moves").EnumerateArray().ToArray();
        foreach (var move in moves)
        {
            output.WriteLine($"{move.GetProperty("cause")}, {move.GetProperty("from")} → {move.GetProperty("to")}, gap {move.GetProperty("gapMs")} ms, {move.GetProperty("lost")} lost");
        }

        Assert.True(throughput.MegabitsPerSecond > 10, $"{throughput.MegabitsPerSecond:F1} Mb/s");
        Assert.All(moves, move => Assert.InRange(move.GetProperty("gapMs").GetInt32(), 0, 3000));
        Assert.True(moves.Length >= 2, "two moves");
    }

    private static async Task<bool> IsDirectAsync(ProductRouter router, string peer, bool isIpv6) =>
        await router.IsDirectAsync(peer)
        && (await router.SessionAsync(peer))!.Value.GetProperty("path").GetProperty("remote").GetString()!.StartsWith('[') == isIpv6;
}

/// <summary>A server with IPv4 alone, which a router with IPv6 alone reaches through its NAT64 in all that it does.</summary>
public sealed class Ipv4ServerWorld : ProductFixture
{
    protected override bool ServerHasIpv6 => false;

    protected override void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.V6Only);
        world.Site("bob", Presets.Cloud);
    }

    protected override async Task StartAsync()
    {
        foreach (var router in World.Routers)
        {
            await router.ShareAsync(router.Site.Device, "box");
        }
    }
}

public sealed class Ipv4ServerTests(Ipv4ServerWorld fixture) : ProductTest<Ipv4ServerWorld>(fixture)
{
    [Fact]
    public async Task A_router_with_IPv6_alone_reaches_others_and_is_reached()
    {
        var (alice, bob) = (Fixture.World["alice"], Fixture.World["bob"]);
        Assert.Equal((3, 3), await alice.Site.Device.PingAsync(bob.Name("box"), 3));
        Assert.Equal((3, 3), await bob.Site.Device.PingAsync(alice.Name("box"), 3));
        await Asking.UntilAsync("direct", TimeSpan.FromSeconds(20), async () => await alice.IsDirectAsync("bob") && await bob.IsDirectAsync("alice"));
        Assert.Equal(0, await GridWalk.ProveAsync(Fixture.World, alice, bob));
    }
}
