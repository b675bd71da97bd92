using System.Diagnostics;
using System.Text.Json;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>alice has nothing but IPv6 outside, bob and carol nothing but IPv4, dora, erin and fred both.</summary>
public sealed class Ipv6OutsideWorld : ProductFixture
{
    /// <summary>The least that IPv6 promises (RFC 8200 §5), without a word to who sends more.</summary>
    public const int NarrowMtu = 1280;

    public ProductRouter Alice => World["alice"];

    /// <summary>An ordinary web server with IPv4 alone in what it is asked by.</summary>
    public Host Web => World.Lab.Host("web");

    protected override bool Egress => true;

    protected override void Describe(WorldBuilder world)
    {
        world.Server("web");
        world.Site("alice", Presets.V6Only);
        world.Site("bob", Presets.Home);
        world.Site("carol", Presets.Symmetric);
        world.Site("dora", Presets.Home6);
        world.Site("erin", Presets.Symmetric6);
        world.Site("fred", Presets.Carrier6);
        world.Place(Presets.V6Only);
    }

    protected override async Task StartAsync()
    {
        foreach (var router in World.Routers)
        {
            await router.ShareAsync(router.Site.Device, "box");
        }

        await Iperf3.ServeAsync(World["dora"].Site.Device);
        var folder = Directory.CreateDirectory(Path.Combine(World.Lab.LogFolder, "www")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "small"), "hello");
        await HttpFileServer.StartAsync(Web, folder);
        await World.Lab.Place("v6only2").SetMtuAsync(NarrowMtu, sendErrors: false);
    }
}

public sealed class Ipv6OutsideTests(Ipv6OutsideWorld fixture, ITestOutputHelper output) : ProductTest<Ipv6OutsideWorld>(fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // The silence is noticed within a second and a half, and packets are on their way again; a busy machine needs longer.
    private const int SilentMs = 3000;

    private ProductWorld World => Fixture.World;

    /// <summary>Who has IPv6 and a direct path by IPv4 all the time; and who has to punch one first.</summary>
    public static TheoryData<string> WithBoth => IsFull ? ["fred", "erin"] : ["fred"];

    private static bool IsFull => Environment.GetEnvironmentVariable("NTM_FULL") == "1";

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
    public async Task The_direct_path_is_found_and_IPv6_is_preferred(string from, string to, bool byIPv6)
    {
        var (near, far) = (World[from], World[to]);
        await near.Site.Device.ReachesAsync(far.Name("box"));
        await Asking.UntilAsync($"{from} and {to} are direct", Patience, async () =>
            await near.IsDirectAsync(to, byIPv6) && await far.IsDirectAsync(from, byIPv6));
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

    [Theory]
    [MemberData(nameof(WithBoth))]
    public async Task When_IPv6_falls_silent_TCP_goes_on_by_IPv4_and_returns_to_IPv6(string from)
    {
        var (near, far, place) = (World[from], World["dora"], World["dora"].Site.Uplink.Place);
        await near.Site.Device.ReachesAsync(far.Name("box"));
        await Asking.UntilAsync("direct by IPv6", Patience, () => GridWalk.IsByIPv6Async(near, far));
        var flow = Iperf3.TcpAsync(near.Site.Device, far.Name("box"), TimeSpan.FromSeconds(6), "-b", "20M");
        await using var echoes = EchoRow.Start(near.Site.Device, far.Name("box"));
        await Task.Delay(1000, TestContext.Current.CancellationToken);

        await place.DropVersionSilentlyAsync(6, true);
        await Asking.UntilAsync("not by IPv6", Patience, async () => !await near.IsDirectAsync("dora", true) && !await far.IsDirectAsync(from, true));
        var throughput = await flow; // fails if the connection does
        var meanwhile = await near.RemoteAsync("dora");
        await Task.Delay(IsFull ? TimeSpan.FromSeconds(5) : TimeSpan.Zero, TestContext.Current.CancellationToken); // until all paths are not tried any more at once
        await place.DropVersionSilentlyAsync(6, false);
        var clock = Stopwatch.StartNew();
        await Asking.UntilAsync("by IPv6 again", Patience, () => GridWalk.IsByIPv6Async(near, far));
        var lost = await echoes.EndAsync();

        output.WriteLine($"{throughput.MegabitsPerSecond:F1} of 20 Mb/s, at the end to {meanwhile}; at most {lost} ms of echoes in a row lost; back after {clock.Elapsed.TotalSeconds:F1} s");
        await MovesAsync(near, "dora");
        await MovesAsync(far, from);
        Assert.True(throughput.MegabitsPerSecond > 6, $"{throughput.MegabitsPerSecond:F1} Mb/s, of which the first second, before the silence, makes 3.3");
        Assert.InRange(lost, 100, SilentMs);
        Assert.DoesNotContain("[", meanwhile, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_NAT64_is_that_of_the_place_though_the_name_server_of_the_place_before_answers_first()
    {
        var (alice, home) = (Fixture.Alice, Fixture.Alice.Site.Uplink.Place);
        foreach (var place in new[] { World.Lab.Place("v6only2"), home })
        {
            await alice.Site.Uplink.ReplugAsync(place, resolverDelay: TimeSpan.FromSeconds(1));
            await Asking.UntilAsync($"the NAT64 of {place}", Patience, async () =>
                (await alice.StatusAsync()).GetProperty("uplinks") is var uplinks && uplinks.GetArrayLength() > 0
                && uplinks[0].GetProperty("nat64").GetString() == $"{place.Nat64Prefix}");
        }
    }

    [Fact]
    public async Task Ordinary_hosts_are_reached_through_the_relay_server_with_IPv6_alone_outside_and_after_a_move()
    {
        const int port = 8080;
        var (alice, home) = (Fixture.Alice, Fixture.Alice.Site.Uplink.Place);
        await RelayAllAsync(alice);
        Assert.StartsWith("[", await RelayAsync(alice));
        Assert.Equal("hello", await SmallAsync(alice));
        Assert.Equal((3, 3), await alice.Site.Device.PingAsync($"{Fixture.Web.Address}", 3));

        await using var web = await EndlessDownload.StartAsync(Fixture.Web, port);
        var file = new FileInfo(Path.Combine(World.Lab.LogFolder, "download"));
        var download = alice.Site.Device.ExecAsync(
            TimeSpan.FromMinutes(1), "curl", "-sS", "-N", "-o", file.FullName, "-w", "%{http_code}", $"http://{Fixture.Web.Address}:{port}/");
        await download.GoesOnAsync(file);
        await alice.Site.Uplink.ReplugAsync(World.Lab.Place("v6only2"));
        await download.GoesOnAsync(file);
        await alice.Site.Uplink.ReplugAsync(home);
        await download.GoesOnAsync(file);
        var sent = await web.EndAsync();

        Assert.Equal("200", (await download).Output.Trim());
        Assert.Equal(sent, await BigFile.Sha256Async(file.FullName));
        Assert.Equal([World.ServerHost.Address], web.Clients);
    }

    [Fact]
    public async Task Ordinary_hosts_are_reached_by_IPv6_outside_while_IPv4_is_silent()
    {
        var dora = World["dora"];
        await RelayAllAsync(dora);
        Assert.Equal("hello", await SmallAsync(dora));
        Assert.DoesNotContain("[", await RelayAsync(dora), StringComparison.Ordinal);

        await dora.Site.Uplink.Place.DropVersionSilentlyAsync(4, true);
        try
        {
            Assert.Equal("hello", await SmallAsync(dora));
            Assert.StartsWith("[", await RelayAsync(dora));
        }
        finally
        {
            await dora.Site.Uplink.Place.DropVersionSilentlyAsync(4, false);
        }

        await Asking.UntilAsync("by IPv4 again", Patience, async () => !(await RelayAsync(dora)).StartsWith('['));
        Assert.Equal("hello", await SmallAsync(dora));
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
        var moves = await MovesAsync(bob, "dora");

        Assert.StartsWith("[", path.GetProperty("remote").GetString());
        Assert.Equal(Ipv6OutsideWorld.NarrowMtu, path.GetProperty("mtu").GetInt32());
        Assert.True(throughput.MegabitsPerSecond > 10, $"{throughput.MegabitsPerSecond:F1} Mb/s");
        Assert.All(moves, move => Assert.InRange(move.GetProperty("gapMs").GetInt32(), 0, 3000));
        Assert.True(moves.Length >= 2, "two moves");
    }

    private async Task<JsonElement[]> MovesAsync(ProductRouter router, string peer)
    {
        JsonElement[] moves = [.. (await router.SessionAsync(peer))!.Value.GetProperty("moves").EnumerateArray()];
        foreach (var move in moves)
        {
            output.WriteLine($"{router.Site.Name}: {move.GetProperty("cause")}, {move.GetProperty("from")} → {move.GetProperty("to")}, gap {move.GetProperty("gapMs")} ms, {move.GetProperty("lost")} lost");
        }

        return moves;
    }

    private async Task RelayAllAsync(ProductRouter router)
    {
        await router.NtmAsync("internet", "relay", "--device", "box");
        await Asking.UntilAsync("a relay server takes packets", Patience, async () =>
            (await router.NtmJsonAsync("internet")).GetProperty("relay").ValueKind == JsonValueKind.String);
    }

    private static async Task<string> RelayAsync(ProductRouter router) =>
        (await router.StatusAsync()).GetProperty("relays")[0].GetProperty("endpoint").GetString()!;

    private Task<string> SmallAsync(ProductRouter router) => router.Site.Device.RunAsync("curl", "-sS", "-m", "20", $"http://{Fixture.Web.Address}/small");
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
        await Asking.UntilAsync("over TCP", Patience, async () => (await alice.RemoteAsync("bob"))?.EndsWith("/tcp", StringComparison.Ordinal) == true);
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
}
