using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>alice has nothing but IPv6 outside, bob and carol nothing but IPv4, dora and erin both.</summary>
public sealed class Ipv6OutsideWorld : ProductFixture
{
    /// <summary>The least that IPv6 promises (RFC 8200 §5), without a word to who sends more.</summary>
    public const int NarrowMtu = 1280;

    public ProductRouter Alice => World["alice"];

    protected override void Describe(WorldBuilder world)
    {
        var both = new PlaceOptions { IPv6 = true };
        world.Site("alice", Presets.V6Only);
        world.Site("bob", Presets.Home);
        world.Site("carol", Presets.Symmetric);
        world.Site("dora", [world.Place(Presets.Home, options: both)]);
        world.Site("erin", [world.Place(Presets.Symmetric, options: both)]);
        world.Place(Presets.V6Only);
    }

    protected override async Task StartAsync()
    {
        foreach (var router in World.Routers)
        {
            await router.ShareAsync(router.Site.Device, "box");
        }

        await Iperf3.ServeAsync(World["dora"].Site.Device);
        await World.Lab.Place("v6only2").SetMtuAsync(NarrowMtu, sendErrors: false);
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
    public async Task A_connection_survives_the_move_to_a_narrow_network_with_IPv6_alone_and_back()
    {
        var bob = World["bob"];
        var home = bob.Site.Uplink.Place;
        await bob.Site.Device.ReachesAsync(World["dora"].Name("box"));
        var flow = Iperf3.TcpAsync(bob.Site.Device, World["dora"].Name("box"), TimeSpan.FromSeconds(7));
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        await bob.Site.Uplink.ReplugAsync(World.Lab.Place("v6only2"));
        await Task.Delay(2500, TestContext.Current.CancellationToken);
        var path = (await bob.SessionAsync("dora"))!.Value.GetProperty("path");
        await bob.Site.Uplink.ReplugAsync(home);
        var throughput = await flow;
        var moves = (await bob.SessionAsync("dora"))!.Value.GetProperty("moves").EnumerateArray().ToArray();
        foreach (var move in moves)
        {
            output.WriteLine($"{move.GetProperty("cause")}, {move.GetProperty("from")} → {move.GetProperty("to")}, gap {move.GetProperty("gapMs")} ms, {move.GetProperty("lost")} lost");
        }

        Assert.StartsWith("[", path.GetProperty("remote").GetString());
        Assert.Equal(Ipv6OutsideWorld.NarrowMtu, path.GetProperty("mtu").GetInt32());
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
        world.Site("alice", Presets.V6Only, new SiteOptions { Lan6 = System.Net.IPNetwork.Parse("fd00:8::/64") });
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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_router_with_IPv6_alone_reaches_others_and_is_reached()
    {
        var (alice, bob) = (Fixture.World["alice"], Fixture.World["bob"]);
        Assert.Equal((3, 3), await alice.Site.Device.PingAsync(bob.Name("box"), 3));
        Assert.Equal((3, 3), await bob.Site.Device.PingAsync(alice.Name("box"), 3));
        await Asking.UntilAsync("direct", Patience, async () => await alice.IsDirectAsync("bob") && await bob.IsDirectAsync("alice"));
        Assert.Equal(0, await GridWalk.ProveAsync(Fixture.World, alice, bob));
    }

    [Fact]
    public async Task Where_UDP_is_blocked_TLS_goes_through_the_NAT64_too()
    {
        var (alice, bob) = (Fixture.World["alice"], Fixture.World["bob"]);
        await alice.Site.Device.ReachesAsync(bob.Name("box"));
        var place = alice.Site.Uplink.Place;

        await place.BlockUdpAsync(true);
        await Asking.UntilAsync("over TCP", Patience, async () => (await PathAsync(alice, "bob"))?.EndsWith("/tcp", StringComparison.Ordinal) == true);
        Assert.Equal((3, 3), await alice.Site.Device.PingAsync(bob.Name("box"), 3));
        await place.BlockUdpAsync(false);
        await Asking.UntilAsync("direct again", Patience, () => alice.IsDirectAsync("bob"));
    }

    [Fact]
    public async Task After_a_kill_nothing_virtual_leaves_by_an_uplink_with_IPv6()
    {
        var (alice, bob) = (Fixture.World["alice"], Fixture.World["bob"]);
        var laptop = alice.Site.Device;
        await laptop.ReachesAsync(bob.Name("box"));
        string[] addresses = [.. (await laptop.RunAsync("dig", "+short", bob.Name("box"), "A", bob.Name("box"), "AAAA")).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        Assert.Collection(addresses, a => Assert.StartsWith("198.1", a), a => Assert.StartsWith("fd4e:54", a));

        var capture = await Capture.StartAsync(alice.Site.Router, "wan0");
        await alice.Process.KillAsync();
        foreach (var address in addresses)
        {
            Assert.Equal((3, 0), await laptop.PingAsync(address, 3));
        }

        await alice.Site.Router.RunAsync("ping", "-c2", "-i0.2", "-W2", $"{Fixture.World.ServerHost.Addresses6[0]}");
        await capture.StopAsync();
        Assert.Equal(0, await capture.CountPacketsAsync("net 198.18.0.0/15 or net fd4e:5400::/24"));
        Assert.True(await capture.CountPacketsAsync("icmp6 and host " + Fixture.World.ServerHost.Addresses6[0]) >= 4);
        await alice.Process.RestartAsync();
        await laptop.ReachesAsync(bob.Name("box"));
    }

    private static async Task<string?> PathAsync(ProductRouter router, string peer) =>
        await router.SessionAsync(peer) is { } session && session.GetProperty("path") is { ValueKind: System.Text.Json.JsonValueKind.Object } path
            ? path.GetProperty("remote").GetString()
            : null;
}
