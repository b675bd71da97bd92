using System.Net;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>Places that offer both IP versions, and one that does not.</summary>
public sealed class DualStackTests(DualStackTests.Routers fixture) : WorldTest<DualStackTests.Routers>(fixture)
{
    private const int Port = 5201;
    private const int TlsPort = 443;

    public sealed class Routers : WorldFixture
    {
        protected override void Describe(WorldBuilder world)
        {
            world.Server("srv1");
            world.Site("cloud-r", Presets.Cloud.WithIPv6());
            world.Site("home-r", Presets.Home6);
            world.Site("carrier-r", Presets.Carrier6);
            world.Site("office-r", Presets.Corporate6);
            world.Site("old-r", Presets.Home);
        }

        protected override async Task StartAsync()
        {
            foreach (string name in new[] { "srv1", "cloud-r", "home-r", "carrier-r" })
            {
                await Iperf3.ServeAsync(World.Host(name), Port);
            }

            await Iperf3.ServeAsync(World.Host("srv1"), TlsPort);
        }
    }

    private Host Server => World.Host("srv1");

    [Theory]
    [InlineData("cloud-r", true)]
    [InlineData("home-r", false)]
    [InlineData("carrier-r", false)]
    public async Task Both_versions_work_and_IPv6_has_no_NAT(string name, bool reachedFromOutside)
    {
        Site site = World.Site(name);
        IPAddress own = site.Uplink.Address6!;

        Assert.True(await site.Router.PingsAsync(Server.Address));
        Assert.True(await site.Router.PingsAsync(Server.Addresses6[0]));
        Assert.Contains($"src {own} ", await site.Router.RunAsync("ip", "route", "get", $"{Server.Addresses6[0]}"), StringComparison.Ordinal);
        Assert.Equal(reachedFromOutside, await Server.ConnectsAsync(new(own, Port)));
        Assert.Contains($"{site.Uplink.Address} and {own}", World.Draw(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Corporate_lets_out_TCP_to_port_443_alone_by_both_versions()
    {
        Host router = World.Site("office-r").Router;

        foreach (IPAddress address in new[] { Server.Address, Server.Addresses6[0] })
        {
            Assert.False(await router.PingsAsync(address));
            Assert.False(await router.ConnectsAsync(new(address, Port)));
            Assert.True(await router.ConnectsAsync(new(address, TlsPort)));
        }
    }

    [Fact]
    public async Task Both_versions_are_back_after_a_reboot_and_a_lost_carrier()
    {
        Site site = World.Site("home-r");

        await site.Uplink.Place.RebootAsync();
        await site.Uplink.LinkDownAsync();
        Assert.False(await site.Router.PingsAsync(Server.Addresses6[0]));
        await site.Uplink.LinkUpAsync();

        // The kernel's link watcher lets IPv6 through up to a second after the link is up.
        await site.Router.RunAsync("ping", "-c5", "-i0.5", "-W1", $"{Server.Addresses6[0]}");
        Assert.True(await site.Router.PingsAsync(Server.Address));
        Assert.True(await site.Router.PingsAsync(Server.Addresses6[0]));
    }

    [Fact]
    public async Task A_place_with_IPv4_alone_stays_so()
    {
        Site site = World.Site("old-r");

        Assert.Null(site.Uplink.Address6);
        Assert.Equal("", await site.Router.RunAsync("ip", "-6", "route", "show", "default"));
        Assert.False(await site.Router.PingsAsync(Server.Addresses6[0]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_smaller_MTU_refuses_larger_IPv6_packets_with_or_without_a_word(bool sendErrors)
    {
        Site site = World.Site("cloud-r");
        await site.Uplink.Place.SetMtuAsync(1400, sendErrors);

        ExecResult fits = await PingWithoutFragmentsAsync(site, 1400);
        ExecResult larger = await PingWithoutFragmentsAsync(site, 1401);
        await site.Uplink.Place.SetMtuAsync(1500);
        await site.Router.RunAsync("ip", "-6", "route", "flush", "cache");

        Assert.True(fits.Succeeded, fits.Output);
        Assert.False(larger.Succeeded);
        Assert.Equal(sendErrors, (larger.Output + larger.Errors).Contains("mtu", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("hotel", "hotel has no IPv6")]
    [InlineData("v6only", "v6only has IPv6 alone")]
    [InlineData("home6", "home6 has IPv6 already")]
    public void A_preset_that_cannot_be_given_IPv6_says_so(string preset, string why)
    {
        var refusal = Assert.Throws<LabException>(() => Presets.Named(preset).WithIPv6());

        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    private Task<ExecResult> PingWithoutFragmentsAsync(Site site, int size) =>
        site.Router.ExecAsync("ping", "-c1", "-W1", "-M", "do", "-s", $"{size - 48}", $"{Server.Addresses6[0]}");
}
