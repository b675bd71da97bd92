using System.Net;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>Two routers behind one NAT, and one router behind two.</summary>
public sealed class NeighbourTests(NeighbourTests.PairsAndStun fixture) : WorldTest<NeighbourTests.PairsAndStun>(fixture)
{
    public sealed class PairsAndStun : WorldFixture
    {
        protected override void Describe(WorldBuilder world)
        {
            world.Server("stun", addresses: 2);
            var alone = new SiteOptions { Devices = 0 };
            foreach (Preset preset in new[] { Presets.SameLan, Presets.SameCarrier })
            {
                world.Site($"{preset}-a", preset, alone);
                world.Site($"{preset}-b", preset, alone);
            }

            string turning = world.Place(Presets.SameCarrier, "turning", new PlaceOptions { Hairpin = true });
            world.Site("turning-a", [turning], alone);
            world.Site("turning-b", [turning], alone);
            string carrier = world.Place(Presets.Carrier, options: new PlaceOptions { UdpLifetime = TimeSpan.FromSeconds(3) });
            world.Site("carrier-a", [carrier], alone);
            world.Site("carrier-b", Presets.Carrier, alone);
        }

        protected override Task StartAsync() => NatDiscovery.ServeAsync(World.Host("stun"));
    }

    private IPAddress Stun => World.Host("stun").Address;

    [Theory]
    [InlineData("samelan", true, false)]
    [InlineData("samecarrier", false, false)]
    [InlineData("turning", false, true)]
    public async Task Both_share_one_public_address_which_is_of_use_between_them_where_there_is_a_hairpin(string preset, bool reachInside, bool reachOutside)
    {
        (Site a, Site b) = (World.Site($"{preset}-a"), World.Site($"{preset}-b"));
        using var one = new StunProbe(a.Router, Stun);
        using var two = new StunProbe(b.Router, Stun);
        (IPEndPoint seenOne, IPEndPoint seenTwo) = (await one.AskAsync(), await two.AskAsync());

        // Both at once, as routers punch.
        await one.SendAsync(seenTwo);
        await two.SendAsync(seenOne);
        bool hairpin = await one.HearsAsync() | await two.HearsAsync();
        await one.SendAsync(new(b.Uplink.Address!, two.Port));

        Assert.Same(a.Uplink.Place, b.Uplink.Place);
        Assert.Equal((a.Uplink.PublicAddress, b.Uplink.PublicAddress), (seenOne.Address, seenTwo.Address));
        Assert.Equal(seenOne.Address, seenTwo.Address);
        Assert.Equal(reachOutside, hairpin);
        Assert.Equal(reachInside, await two.HearsAsync());
    }

    [Fact]
    public void A_carrier_place_stands_behind_a_place_of_its_own()
    {
        Place home = World.Site("carrier-b").Uplink.Place;
        Place carrier = World.Place(home.Provider!);

        Assert.NotSame(World.Site("carrier-a").Uplink.Place, home);
        Assert.True(carrier.Inside.Contains(home.WanAddress));
        Assert.Equal(carrier.WanAddress, World.Site("carrier-b").Uplink.PublicAddress);
        Assert.Contains($"wan {home.WanAddress} at {carrier}", World.Draw(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mapping_that_nobody_uses_is_gone_after_its_lifetime()
    {
        Host router = World.Site("carrier-a").Router;
        using var idle = new StunProbe(router, Stun);
        using var busy = new StunProbe(router, Stun);

        (IPEndPoint idleBefore, IPEndPoint busyBefore) = (await idle.AskAsync(), await busy.AskAsync());
        for (int seconds = 0; seconds < 5; seconds++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(busyBefore, await busy.AskAsync());
        }

        Assert.NotEqual(idleBefore, await idle.AskAsync());
    }

    [Fact]
    public async Task A_carrier_forgets_UDP_after_half_a_minute()
    {
        Host carrier = World.Place(World.Site("carrier-b").Uplink.Place.Provider!).Host;

        string maps = await carrier.RunAsync("nft", "list", "map", "ip", "lab", "outside");
        string stream = await carrier.RunAsync("cat", "/proc/sys/net/netfilter/nf_conntrack_udp_timeout_stream");

        Assert.Contains("timeout 30s", maps, StringComparison.Ordinal);
        Assert.Equal("30", stream.Trim());
    }
}
