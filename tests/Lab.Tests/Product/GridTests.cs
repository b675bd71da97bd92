namespace NTMobile.Lab.Tests.Product;

/// <summary>Two routers per preset, so that a pair costs a query and not a set-up.</summary>
public sealed class GridWorld : ProductFixture
{
    public static readonly string[] Kinds = ["cloud", "home", "fullcone", "symmetric", "symseq", "firewall"];

    protected override void Describe(WorldBuilder world)
    {
        foreach (var preset in Kinds.Select(Presets.Named))
        {
            world.Site($"{preset}-a", preset);
            world.Site($"{preset}-b", preset);
        }
    }

    protected override async Task StartAsync()
    {
        foreach (var router in World.Routers)
        {
            await router.ShareAsync(router.Site.Device, "box", "icmp,udp/7000,tcp/7000");
        }
    }
}

public sealed class GridTests(GridWorld fixture, ITestOutputHelper output) : ProductTest<GridWorld>(fixture)
{
    // Each remote endpoint sees another port of both ends, and at one end nobody can foretell it.
    private static bool MustRelay(string a, string b) =>
        (a == "symmetric" && (b is "symmetric" or "symseq")) || (a == "symseq" && b == "symmetric");

    // One pair for each pair of classes: open, minding the port, random ports, ports in order. NTM_FULL=1: all of them, both ways.
    public static TheoryData<string, string> Pairs => Environment.GetEnvironmentVariable("NTM_FULL") == "1"
        ? [.. from a in GridWorld.Kinds from b in GridWorld.Kinds select (a, b)]
        :
        [
            ("cloud", "cloud"), ("cloud", "firewall"), ("symmetric", "fullcone"), ("cloud", "symseq"),
            ("home", "home"), ("home", "firewall"), ("symmetric", "home"), ("home", "symseq"),
            ("symmetric", "symmetric"), ("symseq", "symseq"),
        ];

    [Theory]
    [InlineData("cloud", "none", "endpoint-independent")]
    [InlineData("home", "endpoint-independent", "address-and-port-dependent")]
    [InlineData("fullcone", "endpoint-independent", "endpoint-independent")]
    [InlineData("symmetric", "endpoint-dependent", "address-and-port-dependent")]
    [InlineData("firewall", "none", "address-and-port-dependent")]
    public async Task A_router_finds_how_the_NAT_in_front_of_it_behaves(string preset, string mapping, string filtering)
    {
        var router = Fixture.World[$"{preset}-a"];
        await Asking.UntilAsync($"{preset}: {mapping}, {filtering}", TimeSpan.FromSeconds(20), async () =>
        {
            var uplink = (await router.NtmJsonAsync("status")).GetProperty("uplinks")[0];
            return (uplink.GetProperty("natMapping").GetString(), uplink.GetProperty("natFiltering").GetString()) == (mapping, filtering);
        });
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Every_pair_connects_and_directly_where_the_NATs_allow_it(string a, string b)
    {
        var from = Fixture.World[$"{a}-a"];
        var to = Fixture.World[$"{b}-b"];
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var (sent, received) = await from.Site.Device.PingAsync(to.Name("box"), 3);
        Assert.Equal(sent, received);
        var first = clock.ElapsedMilliseconds;
        if (MustRelay(a, b))
        {
            Assert.False(await from.IsDirectAsync(to.Site.Name));
            output.WriteLine($"{a} → {b}: relay, three echoes after {first} ms");
            return;
        }

        await Asking.UntilAsync($"{a} → {b} direct", TimeSpan.FromSeconds(10), async () =>
            await from.IsDirectAsync(to.Site.Name) && await to.IsDirectAsync(from.Site.Name));
        var before = await Fixture.World.RelayedPayloadBytesAsync();
        Assert.Equal((20, 20), await from.Site.Device.PingAsync(to.Name("box"), 20, 0.05));
        Assert.Equal(before, await Fixture.World.RelayedPayloadBytesAsync());
        output.WriteLine($"{a} → {b}: direct, three echoes after {first} ms");
    }
}
