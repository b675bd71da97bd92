using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>Two routers per preset, as far as pairs need them.</summary>
public sealed class GridWorld : ProductFixture
{
    /// <summary>One pair for each pair of classes; NTM_FULL=1: all of them, both ways.</summary>
    public static IReadOnlyList<(Preset From, Preset To)> Pairs { get; } =
        Environment.GetEnvironmentVariable("NTM_FULL") == "1" ? GridPlan.All : GridPlan.Quick;

    public GridWalk Walk { get; private set; } = null!;

    // Twenty routers that compile themselves while they meet would measure the compiler.
    protected override string? RouterProgram => Binaries.NativeRouter;

    protected override void Describe(WorldBuilder world) => GridWalk.Describe(world, Pairs);

    protected override async Task StartAsync() => Walk = await GridWalk.PrepareAsync(World, Pairs);
}

public sealed class GridTests(GridWorld fixture, ITestOutputHelper output) : ProductTest<GridWorld>(fixture)
{
    private static readonly TimeSpan DirectWithin = TimeSpan.FromSeconds(15);

    // One try in fifty meets no open port; the next ones follow after 10 and 20 s (protocol: path choice). The bench counts the first tries.
    private static readonly TimeSpan HardWithin = TimeSpan.FromSeconds(60);

    public static TheoryData<string, string> Pairs => [.. GridWorld.Pairs.Select(p => (p.From.Name, p.To.Name))];

    [Theory]
    [InlineData("cloud-a", "none", "endpoint-independent")]
    [InlineData("home-a", "endpoint-independent", "address-and-port-dependent")]
    [InlineData("carrier-a", "endpoint-independent", "address-and-port-dependent")]
    [InlineData("fullcone-b", "endpoint-independent", "endpoint-independent")]
    [InlineData("symmetric-a", "endpoint-dependent", "address-and-port-dependent")]
    [InlineData("firewall-b", "none", "address-and-port-dependent")]
    public async Task A_router_finds_how_the_NAT_in_front_of_it_behaves(string site, string mapping, string filtering)
    {
        var router = Fixture.World[site];
        await Asking.UntilAsync($"{site}: {mapping}, {filtering}", TimeSpan.FromSeconds(20), async () =>
        {
            var uplink = (await router.StatusAsync()).GetProperty("uplinks")[0];
            return (uplink.GetProperty("natMapping").GetString(), uplink.GetProperty("natFiltering").GetString()) == (mapping, filtering);
        });
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Every_pair_connects_and_directly_where_the_NATs_allow_it(string a, string b)
    {
        var (from, to) = (Presets.Named(a), Presets.Named(b));
        var expected = GridPlan.Expected(from, to);
        var pair = await Fixture.Walk.WalkAsync(from, to, expected == GridPath.Hard ? HardWithin : DirectWithin);
        output.WriteLine($"{pair}");
        Assert.Null(pair.Failure);
        if (expected == GridPath.Relayed)
        {
            Assert.False(await Fixture.World[GridPlan.From(from)].IsDirectAsync(GridPlan.To(to)));
        }
        else
        {
            Assert.Equal((true, expected == GridPath.DirectByIPv6), (pair.IsDirect, pair.IsByIPv6));
        }
    }
}
