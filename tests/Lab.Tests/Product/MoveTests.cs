using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>Two routers that move while their devices talk.</summary>
public sealed class MovingWorld : ProductFixture
{
    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    protected override void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.Home);
        world.Site("bob", Presets.Home);
        world.Place(Presets.Home, "cafe");
        world.Place(Presets.Firewall, "office");
        world.Place(Presets.Cloud, "street");
        world.Place(Presets.Symmetric, "train");
        world.Server("web");
    }

    protected override async Task StartAsync()
    {
        await Bob.ShareAsync(Bob.Site.Device, "nas");
        await Alice.ShareAsync(Alice.Site.Device, "laptop");
        await Iperf3.ServeAsync(Bob.Site.Device);
    }
}

public sealed class MoveTests(MovingWorld fixture, ITestOutputHelper output) : ProductTest<MovingWorld>(fixture)
{
    // Ten times what a quiet machine needs: it must be far from a time-out of TCP or of a path.
    private const int LongestGapMs = 3000;

    private Host Laptop => Fixture.Alice.Site.Device;

    [Theory]
    [InlineData("cafe")]
    [InlineData("street")]
    [InlineData("train")]
    [InlineData("office")]
    public async Task A_connection_survives_the_move_of_one_router(string place)
    {
        var flow = Iperf3.TcpAsync(Laptop, Fixture.Bob.Name("nas"), TimeSpan.FromSeconds(6));
        await Task.Delay(2000, TestContext.Current.CancellationToken);
        await Fixture.Alice.Site.Uplink.ReplugAsync(Fixture.World.Lab.Place(place));
        var throughput = await flow;
        Assert.True(throughput.MegabitsPerSecond > 10, $"{throughput.MegabitsPerSecond:F1} Mb/s");
        await ReportAsync();
    }

    [Fact]
    public async Task A_connection_survives_the_move_of_both_routers_in_the_same_second()
    {
        var flow = Iperf3.TcpAsync(Laptop, Fixture.Bob.Name("nas"), TimeSpan.FromSeconds(8));
        await Task.Delay(2000, TestContext.Current.CancellationToken);
        await Task.WhenAll(
            Fixture.Alice.Site.Uplink.ReplugAsync(Fixture.World.Lab.Place("cafe")),
            Fixture.Bob.Site.Uplink.ReplugAsync(Fixture.World.Lab.Place("office")));
        var throughput = await flow;
        Assert.True(throughput.MegabitsPerSecond > 5, $"{throughput.MegabitsPerSecond:F1} Mb/s");
        await ReportAsync();
    }

    [Fact]
    public async Task A_new_address_at_the_same_place_costs_few_packets()
    {
        var name = Fixture.Bob.Name("nas");
        Assert.Equal((3, 3), await Laptop.PingAsync(name, 3));
        var pinging = Laptop.PingAsync(name, 100, 0.05);
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        await Fixture.Alice.Site.Uplink.RenumberAsync();
        var (sent, received) = await pinging;
        output.WriteLine($"{sent - received} of {sent} lost at 20 per second");
        Assert.InRange(sent - received, 0, 20);
    }

    private async Task ReportAsync()
    {
        foreach (var (router, peer) in new[] { (Fixture.Alice, "bob"), (Fixture.Bob, "alice") })
        {
            var session = await router.SessionAsync(peer);
            Assert.NotNull(session);
            var moves = session.Value.GetProperty("moves").EnumerateArray().ToArray();
            Assert.NotEmpty(moves);
            var move = moves[0];
            Assert.InRange(move.GetProperty("gapMs").GetInt32(), 1, LongestGapMs);
            output.WriteLine(
                $"{router.Site.Name}: {move.GetProperty("cause")}, {move.GetProperty("from")} → {move.GetProperty("to")}, "
                + $"gap {move.GetProperty("gapMs")} ms, {move.GetProperty("lost")} lost");
        }
    }
}
