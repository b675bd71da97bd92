using System.Net;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>A router that gets nothing but IPv6.</summary>
public sealed class V6OnlyTests(V6OnlyTests.OneRouter fixture) : WorldTest<V6OnlyTests.OneRouter>(fixture), IAsyncLifetime
{
    private const int Port = 5201;

    public sealed class OneRouter : WorldFixture
    {
        protected override void Describe(WorldBuilder world)
        {
            world.Resolver = world.Server("srv1", addresses: 2);
            world.Site("alice", Presets.V6Only, new SiteOptions { Devices = 0 });
            world.Place(Presets.Home);
        }

        protected override async Task StartAsync()
        {
            Host server = World.Host("srv1");
            await NatDiscovery.ServeAsync(server);
            await DnsServer.StartAsync(server, new Dictionary<string, IPAddress>
            {
                ["four.test"] = server.Address,
                ["six.test"] = server.Addresses6[0],
            });
            await Iperf3.ServeAsync(server, Port);
            await Iperf3.ServeAsync(World.Site("alice").Router, Port);
        }
    }

    private Uplink Uplink => World.Site("alice").Uplink;

    private Host Router => World.Site("alice").Router;

    private Host Server => World.Host("srv1");

    private IPNetwork Prefix => World.Place("v6only1").Nat64Prefix!.Value;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (Uplink.Place.Name != "v6only1")
        {
            await Uplink.ReplugAsync(World.Place("v6only1"));
        }
    }

    [Fact]
    public async Task There_is_no_IPv4()
    {
        Assert.Null(Uplink.Address);
        Assert.Equal("", await Router.RunAsync("ip", "-4", "addr", "show", "dev", "wan0"));
        Assert.False(await Router.PingsAsync(Server.Address));
    }

    [Fact]
    public async Task IPv6_is_native_and_only_the_inside_starts()
    {
        Assert.True(await Router.PingsAsync(Server.Addresses6[0]));
        Assert.True(await Router.ConnectsAsync(new(Server.Addresses6[0], Port)));
        Assert.False(await Server.ConnectsAsync(new(Uplink.Address6!, Port)));
    }

    [Fact]
    public async Task DNS64_makes_an_address_only_where_there_is_none()
    {
        Assert.Equal($"{Prefix.Embed(Server.Address)}", await LookUpAsync("four.test"));
        Assert.Equal($"{Server.Addresses6[0]}", await LookUpAsync("six.test"));
        Assert.Contains($"{Prefix.Embed(IPAddress.Parse("192.0.0.170"))}", await LookUpAsync("ipv4only.arpa"), StringComparison.Ordinal);
        Assert.Contains("NXDOMAIN", await Router.RunAsync("dig", "AAAA", "nowhere.test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NAT64_carries_ping_and_TCP()
    {
        Assert.True(await Router.PingsAsync(Prefix.Embed(Server.Address)));
        Throughput flow = await Iperf3.TcpAsync(Router, "four.test", TimeSpan.FromSeconds(1));
        Assert.True(flow.BitsPerSecond > 0);
    }

    [Fact]
    public async Task NAT64_maps_UDP_as_the_NAT_of_a_home_does()
    {
        IPAddress[] servers = [.. Server.Addresses.Select(address => Prefix.Embed(address))];
        using var one = new StunProbe(Router, servers[0]);
        using var two = new StunProbe(Router, servers[0]);

        IPEndPoint first = await one.AskAsync();

        Assert.Equal(Uplink.PublicAddress, first.Address);
        Assert.Equal(first, await one.AskAsync(servers[1]));
        Assert.NotEqual(first, await two.AskAsync());
    }

    [Fact]
    public async Task A_move_to_IPv4_and_back_leaves_nothing_of_the_other_version()
    {
        await Uplink.ReplugAsync(World.Place("home1"));
        Assert.Null(Uplink.Address6);
        Assert.DoesNotContain("global", await Router.RunAsync("ip", "-6", "addr", "show", "dev", "wan0"), StringComparison.Ordinal);
        Assert.Equal("", await Router.RunAsync("ip", "-6", "route", "show", "default"));
        Assert.True(await Router.PingsAsync(Server.Address));
        Assert.Equal("", await LookUpAsync("four.test"));

        await Uplink.ReplugAsync(World.Place("v6only1"));
        Assert.Null(Uplink.Address);
        Assert.False(await Router.PingsAsync(Server.Address));
        Assert.True(await Router.PingsAsync(Server.Addresses6[0]));
        Assert.Equal($"{Prefix.Embed(Server.Address)}", await LookUpAsync("four.test"));
    }

    private async Task<string> LookUpAsync(string name) => (await Router.RunAsync("dig", "+short", "AAAA", name)).Trim();
}
