using System.Text.Json;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>Two routers as they are installed, at home, and one in a company's network that lets nothing out but TCP to port 443.</summary>
public sealed class BlockedUdpWorld : ProductFixture
{
    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    public ProductRouter Office => World["office"];

    protected override string? RouterProgram => Binaries.NativeRouter;

    protected override void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.Home);
        world.Site("bob", Presets.Home);
        world.Site("office", Presets.Corporate);
        world.Place(Presets.Hotel);
    }

    protected override async Task StartAsync()
    {
        await Bob.ShareAsync(Bob.Site.Device, "nas");
        await Iperf3.ServeAsync(Bob.Site.Device);
    }
}

public sealed class BlockedUdpTests(BlockedUdpWorld fixture, ITestOutputHelper output) : ProductTest<BlockedUdpWorld>(fixture)
{
    // A quiet machine needs a second or two for each.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // From the block to the first packet over TCP.
    private const int WithinMs = 1000;

    private string Nas => Fixture.Bob.Name("nas");

    [Fact]
    public async Task A_connection_survives_when_udp_is_blocked_and_returns_to_udp_when_the_block_ends()
    {
        Assert.Equal((3, 3), await Fixture.Alice.Site.Device.PingAsync(Nas, 3));
        await Asking.UntilAsync("direct", Patience, () => Fixture.Alice.IsDirectAsync("bob"));
        var place = Fixture.World.Lab.Place("home1");
        var flow = Iperf3.TcpAsync(Fixture.Alice.Site.Device, Nas, TimeSpan.FromSeconds(8), "-b", "20M");
        await using var echoes = EchoRow.Start(Fixture.Alice.Site.Device, Nas);
        await Task.Delay(1000, TestContext.Current.CancellationToken);

        await place.BlockUdpAsync(true);
        await Asking.UntilAsync("over TCP", Patience, () => IsOverTcpAsync(Fixture.Alice, "bob"));
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        await place.BlockUdpAsync(false);
        await Asking.UntilAsync("direct again", Patience, () => Fixture.Alice.IsDirectAsync("bob"));
        var throughput = await flow; // fails if the connection does
        var lost = await echoes.EndAsync();

        output.WriteLine($"{throughput.MegabitsPerSecond:F1} of 20 Mb/s; at most {lost} ms of echoes in a row lost");
        Assert.True(throughput.MegabitsPerSecond > 2, $"{throughput.MegabitsPerSecond:F1} Mb/s");
        Assert.InRange(lost, 0, WithinMs);
        foreach (var router in new[] { Fixture.Alice, Fixture.Bob })
        {
            var session = await router.SessionAsync(router == Fixture.Alice ? "bob" : "alice");
            foreach (var move in session!.Value.GetProperty("moves").EnumerateArray())
            {
                output.WriteLine($"{router.Site.Name}: {move}");
            }
        }
    }

    [Fact]
    public async Task A_router_that_never_had_udp_is_enrolled_registered_and_reaches_the_others()
    {
        await Asking.UntilAsync("registered", Patience, async () =>
            (await Fixture.Office.NtmJsonAsync("status")).GetProperty("state").GetString() == "online");

        Assert.Equal((5, 5), await Fixture.Office.Site.Device.PingAsync(Nas, 5));
        var throughput = await Iperf3.TcpAsync(Fixture.Office.Site.Device, Nas, TimeSpan.FromSeconds(1));
        output.WriteLine($"{throughput.MegabitsPerSecond:F1} Mb/s over TLS");

        Assert.True(await IsOverTcpAsync(Fixture.Office, "bob"));
        Assert.True(throughput.MegabitsPerSecond > 1, $"{throughput.MegabitsPerSecond:F1} Mb/s");
    }

    [Fact]
    public async Task Netcheck_tells_each_network_by_what_it_does()
    {
        await UntilNetcheckAsync(Fixture.Bob, "works", "none", "most-direct");
        await Asking.UntilAsync("bob: what his NAT lets in", Patience, async () =>
            (await Fixture.Bob.NtmJsonAsync("netcheck")).GetProperty("filtering").GetString() == "address-and-port-dependent");
        await UntilNetcheckAsync(Fixture.Office, "blocked", "none", "relay");
        await Fixture.Bob.Site.Device.RunAsync("dig", "+tcp", "+tries=1", "+time=5", $"@{Fixture.World.ServerHost.Address}", $"ds.{ProductWorld.Zone}");
        var bypass = Assert.Single((await Fixture.Bob.NtmJsonAsync("netcheck")).GetProperty("dnsBypass").EnumerateArray());
        Assert.Equal(("nas", "tcp", false), (bypass.GetProperty("device").GetString(), bypass.GetProperty("way").GetString(), bypass.GetProperty("findsNames").GetBoolean()));
        if (Environment.GetEnvironmentVariable("NTM_FULL") != "1")
        {
            return; // the hotel takes half a minute, and is left again
        }

        await Fixture.Office.Site.Uplink.ReplugAsync(Fixture.World.Lab.Place("hotel1"));
        var portal = await UntilNetcheckAsync(Fixture.Office, "unknown", "present", "nobody");
        Assert.StartsWith("http", portal.GetProperty("portalPage").GetString());
        output.WriteLine(await Fixture.Office.NtmAsync("netcheck"));
        await Fixture.Office.Site.Uplink.ReplugAsync(Fixture.World.Lab.Place("corporate1"));
        await UntilNetcheckAsync(Fixture.Office, "blocked", "none", "relay");
    }

    private static async Task<JsonElement> UntilNetcheckAsync(ProductRouter router, string udp, string portal, string reach)
    {
        JsonElement report = default;
        await Asking.UntilAsync($"{router.Site.Name}: {udp}, {portal}, {reach}", Patience, async () =>
        {
            report = await router.NtmJsonAsync("netcheck");
            return (report.GetProperty("udp").GetString(), report.GetProperty("captivePortal").GetString(), report.GetProperty("reach").GetString())
                == (udp, portal, reach);
        });
        return report;
    }

    private static async Task<bool> IsOverTcpAsync(ProductRouter router, string peer) =>
        (await router.RemoteAsync(peer))?.EndsWith("/tcp", StringComparison.Ordinal) == true;
}
