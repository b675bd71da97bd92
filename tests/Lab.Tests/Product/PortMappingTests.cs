using System.Text.Json;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>Two routers behind symmetric NATs, and more such NATs whose gateway opens ports on request.</summary>
public sealed class PortMappingWorld : ProductFixture
{
    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    public Place Pcp => World.Lab.Place("pcp");

    public Place Upnp => World.Lab.Place("upnp");

    protected override void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.Symmetric);
        world.Site("bob", Presets.Symmetric);
        world.Place(Presets.Symmetric, "pcp", new PlaceOptions { PortMapping = GatewayProtocols.Pcp });
        world.Place(Presets.Symmetric, "upnp", new PlaceOptions { PortMapping = GatewayProtocols.Upnp });
    }

    protected override Task StartAsync() => Bob.ShareAsync(Bob.Site.Device, "box", "icmp");
}

public sealed class PortMappingTests(PortMappingWorld fixture, ITestOutputHelper output) : ProductTest<PortMappingWorld>(fixture)
{
    private const string Tunnel = ":4330";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private ProductRouter Alice => Fixture.Alice;

    [Fact]
    public async Task A_pair_that_needs_the_relay_is_direct_where_one_gateway_opens_a_port_by_PCP()
    {
        await MoveAsync(Fixture.World.Lab.Place("symmetric1"));
        await UntilAsync("none");
        await Alice.Site.Device.ReachesAsync(Fixture.Bob.Name("box"));
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        Assert.False(await Alice.IsDirectAsync("bob"));
        Assert.NotEqual(0, await GridWalk.ProveAsync(Fixture.World, Alice, Fixture.Bob));

        await MoveAsync(Fixture.Pcp);
        await UntilDirectAsync("PCP", Fixture.Pcp);
    }

    [Fact]
    public async Task The_same_by_UPnP()
    {
        await MoveAsync(Fixture.Upnp);
        await UntilDirectAsync("UPnP", Fixture.Upnp);
        var report = await Alice.NtmJsonAsync("netcheck");
        Assert.Equal("all-direct", report.GetProperty("reach").GetString());
        Assert.True(report.GetProperty("portMapping").GetProperty("upnp").GetBoolean());
        Assert.False(report.GetProperty("portMapping").GetProperty("pcp").GetBoolean());
        Assert.Equal("open", report.GetProperty("openPort").GetProperty("state").GetString());
        output.WriteLine($"{report}");
    }

    [Fact]
    public async Task The_port_is_open_again_soon_after_the_gateway_was_rebooted_and_closed_when_the_service_stops()
    {
        await MoveAsync(Fixture.Pcp);
        await UntilAsync("open");
        await Fixture.Pcp.RebootAsync();
        Assert.DoesNotContain(Tunnel, await Fixture.Pcp.Mapper!.OpenPortsAsync(), StringComparison.Ordinal);

        await Asking.UntilAsync("the port is open again", Patience, async () =>
            (await Fixture.Pcp.Mapper.OpenPortsAsync()).Contains(Tunnel, StringComparison.Ordinal));
        await UntilDirectAsync("PCP", Fixture.Pcp);

        Assert.Equal(0, await Alice.Process.StopAsync());
        Assert.DoesNotContain(Tunnel, await Fixture.Pcp.Mapper.OpenPortsAsync(), StringComparison.Ordinal);
        await Alice.Process.RestartAsync();
    }

    private async Task MoveAsync(Place place)
    {
        if (Alice.Site.Uplink.Place != place)
        {
            await Alice.Site.Uplink.ReplugAsync(place);
        }
    }

    private async Task UntilDirectAsync(string protocol, Place place)
    {
        var open = await UntilAsync("open");
        Assert.Equal(protocol, open.GetProperty("protocol").GetString());
        Assert.StartsWith($"{place.WanAddress}:", open.GetProperty("outside").GetString(), StringComparison.Ordinal);
        Assert.Contains(Tunnel, await place.Mapper!.OpenPortsAsync(), StringComparison.Ordinal);
        await Alice.Site.Device.ReachesAsync(Fixture.Bob.Name("box"));
        await Asking.UntilAsync("direct", Patience, async () => await Alice.IsDirectAsync("bob") && await Fixture.Bob.IsDirectAsync("alice"));
        Assert.Equal(0, await GridWalk.ProveAsync(Fixture.World, Alice, Fixture.Bob));
    }

    private async Task<JsonElement> UntilAsync(string state)
    {
        JsonElement mapping = default;
        await Asking.UntilAsync($"port mapping {state}", Patience, async () =>
        {
            mapping = (await Alice.StatusAsync()).GetProperty("uplinks")[0].GetProperty("portMapping");
            return mapping.GetProperty("state").GetString() == state;
        });
        return mapping;
    }
}
