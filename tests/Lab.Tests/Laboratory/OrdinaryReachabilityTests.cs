namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>What passes the places with the kernel alone.</summary>
public sealed class OrdinaryReachabilityTests(OrdinaryReachabilityTests.OneSitePerPreset fixture)
    : WorldTest<OrdinaryReachabilityTests.OneSitePerPreset>(fixture)
{
    private const int Port = 5201;

    public sealed class OneSitePerPreset : WorldFixture
    {
        protected override void Describe(WorldBuilder world)
        {
            world.Server("srv1");
            foreach (Preset preset in Presets.All)
            {
                world.Site($"{preset}-r", preset, new SiteOptions { OrdinaryNat = true });
            }
        }

        protected override async Task StartAsync()
        {
            await Iperf3.ServeAsync(World.Host("srv1"));
            foreach (Site site in World.Sites)
            {
                await Iperf3.ServeAsync(site.Router, Port);
            }

            Site hotel = World.Site("hotel-r");
            await CaptivePortal.SendFormAsync(hotel.Router, hotel.Uplink.Place);
        }
    }

    /// <summary>All that let ordinary IPv4 traffic out.</summary>
    public static TheoryData<string> OrdinaryPresets => [.. Presets.All.Except([Presets.Corporate, Presets.Corporate6, Presets.V6Only]).Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(OrdinaryPresets))]
    public async Task A_device_reaches_a_server(string preset)
    {
        Host device = World.Site($"{preset}-r").Device;

        await device.RunAsync("ping", "-c1", "-W2", $"{World.Host("srv1").Address}");
        Throughput flow = await Iperf3.TcpAsync(device, World.Host("srv1").Address, TimeSpan.FromSeconds(1));

        Assert.True(flow.BitsPerSecond > 0);
    }

    [Theory]
    [InlineData("cloud", true)]
    [InlineData("home", false)]
    [InlineData("fullcone", false)]
    [InlineData("symmetric", false)]
    [InlineData("symseq", false)]
    [InlineData("samecarrier", false)]
    [InlineData("carrier", false)]
    [InlineData("firewall", false)]
    [InlineData("corporate", false)]
    [InlineData("hotel", false)]
    [InlineData("samelan", false)]
    public async Task The_outside_reaches_a_router_only_where_nothing_stands_in_front(string preset, bool reached)
    {
        Site site = World.Site($"{preset}-r");

        Assert.Equal(reached, await World.Host("srv1").ConnectsAsync(new(site.Uplink.PublicAddress!, Port)));
    }
}
