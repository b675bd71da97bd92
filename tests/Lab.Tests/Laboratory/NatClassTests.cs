using System.Net;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>The presets' NATs as coturn's client sees them (RFC 5780).</summary>
public sealed class NatClassTests(NatClassTests.PlacesAndStun fixture) : WorldTest<NatClassTests.PlacesAndStun>(fixture)
{
    private const string Independent = "Endpoint Independent Mapping";
    private const string Dependent = "Address and Port Dependent Mapping";
    private const string Restricted = "Address and Port Dependent Filtering";

    public sealed class PlacesAndStun : WorldFixture
    {
        protected override void Describe(WorldBuilder world)
        {
            world.Server("stun", addresses: 2);
            foreach (Preset preset in Presets.All)
            {
                world.Site($"{preset}-r", preset, new SiteOptions { Devices = 0 });
            }
        }

        protected override Task StartAsync() => NatDiscovery.ServeAsync(World.Host("stun"));
    }

    [Theory]
    [InlineData("home", Independent, Restricted)]
    [InlineData("symmetric", Dependent, Restricted)]
    [InlineData("cloud", "No NAT", "Endpoint Independent Filtering")]
    [InlineData("firewall", "No NAT", Restricted)]
    public async Task Mapping_and_filtering_are_those_of_the_preset(string preset, string mapping, string filtering)
    {
        Site site = World.Site($"{preset}-r");

        NatDiscovery found = await NatDiscovery.AskAsync(site.Router, site.Uplink.Address!, World.Host("stun"));

        Assert.Equal((mapping, filtering), (found.Mapping, found.Filtering));
        IPAddress seen = site.Uplink.Place.Preset.IsPublic ? site.Uplink.Address! : site.Uplink.Place.WanAddress;
        Assert.All(found.Reflexive, from => Assert.Equal(seen, from.Address));
    }

    [Theory]
    [InlineData("home")]
    [InlineData("symmetric")]
    public async Task A_rebooted_NAT_gives_new_ports(string preset)
    {
        Site site = World.Site($"{preset}-r");
        using var client = new StunProbe(site.Router, World.Host("stun").Address);

        IPEndPoint before = await client.AskAsync();
        await site.Uplink.Place.RebootAsync();
        IPEndPoint after = await client.AskAsync();

        Assert.Equal(before.Address, after.Address);
        Assert.NotEqual(before.Port, after.Port);
    }

    [Fact]
    public async Task Home_keeps_one_port_for_one_socket_and_gives_others_to_others()
    {
        Host router = World.Site("home-r").Router;
        IPAddress[] servers = [.. World.Host("stun").Addresses];
        using var one = new StunProbe(router, servers[0]);
        using var two = new StunProbe(router, servers[0]);

        IPEndPoint first = await one.AskAsync();

        Assert.Equal(first, await one.AskAsync(servers[1]));
        Assert.NotEqual(first, await two.AskAsync());
    }
}
