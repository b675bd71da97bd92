using System.Net;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>The presets' NATs as coturn's client sees them (RFC 5780).</summary>
public sealed class NatClassTests(NatClassTests.PlacesAndStun fixture) : WorldTest<NatClassTests.PlacesAndStun>(fixture)
{
    private const string Independent = "Endpoint Independent Mapping";
    private const string Dependent = "Address and Port Dependent Mapping";
    private const string Open = "Endpoint Independent Filtering";
    private const string Restricted = "Address and Port Dependent Filtering";

    public sealed class PlacesAndStun : WorldFixture
    {
        private readonly Dictionary<string, Task<NatDiscovery>> _found = [];

        /// <summary>What the client found out at a site.</summary>
        public Task<NatDiscovery> FoundAsync(Site site) => _found[site.Name];

        protected override void Describe(WorldBuilder world)
        {
            world.Server("stun", addresses: 2);
            foreach (Preset preset in Presets.All)
            {
                world.Site($"{preset}-r", preset, new SiteOptions { Devices = 0 });
            }
        }

        protected override async Task StartAsync()
        {
            await NatDiscovery.ServeAsync(World.Host("stun"));

            // Each one takes seconds where answers are filtered, and waits most of them.
            foreach (Site site in World.Sites)
            {
                _found[site.Name] = NatDiscovery.AskAsync(site.Router, OwnAddress(site), World.Host("stun"));
            }

            Task all = Task.WhenAll(_found.Values);
            await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private static IPAddress OwnAddress(Site site) => site.Uplink.Address ?? site.Uplink.Address6!;
    }

    [Theory]
    [InlineData("home", Independent, Restricted)]
    [InlineData("fullcone", Independent, Open)]
    [InlineData("symmetric", Dependent, Restricted)]
    [InlineData("symseq", Dependent, Restricted)]
    [InlineData("samecarrier", Independent, Restricted)]
    [InlineData("carrier", Independent, Restricted)]
    [InlineData("v6only", "No NAT", Restricted)]
    [InlineData("samelan", Independent, Restricted)]
    [InlineData("cloud", "No NAT", Open)]
    [InlineData("firewall", "No NAT", Restricted)]
    public async Task Mapping_and_filtering_are_those_of_the_preset(string preset, string mapping, string filtering)
    {
        Site site = World.Site($"{preset}-r");

        NatDiscovery found = await Fixture.FoundAsync(site);

        Assert.Equal((mapping, filtering), (found.Mapping, found.Filtering));
        IPAddress? seen = site.Uplink.Place.OffersIPv4 ? site.Uplink.PublicAddress : site.Uplink.Address6;
        Assert.All(found.Reflexive, from => Assert.Equal(seen, from.Address));
    }

    [Fact]
    public async Task Corporate_lets_no_question_out() =>
        await Assert.ThrowsAsync<LabException>(() => Fixture.FoundAsync(World.Site("corporate-r")));

    [Theory]
    [InlineData("home")]
    [InlineData("fullcone")]
    [InlineData("symmetric")]
    [InlineData("symseq")]
    [InlineData("samecarrier")]
    [InlineData("carrier")]
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

    [Theory]
    [InlineData("home")]
    [InlineData("fullcone")]
    [InlineData("carrier")]
    public async Task An_independent_mapping_keeps_one_port_for_one_socket_and_gives_others_to_others(string preset)
    {
        Host router = World.Site($"{preset}-r").Router;
        IPAddress[] servers = [.. World.Host("stun").Addresses];
        using var one = new StunProbe(router, servers[0]);
        using var two = new StunProbe(router, servers[0]);

        IPEndPoint first = await one.AskAsync();

        Assert.Equal(first, await one.AskAsync(servers[1]));
        Assert.NotEqual(first, await two.AskAsync());
    }

    [Fact]
    public async Task A_sequential_mapping_counts_its_ports_up()
    {
        Host router = World.Site("symseq-r").Router;
        IPAddress[] servers = [.. World.Host("stun").Addresses];
        using var one = new StunProbe(router, servers[0]);
        using var two = new StunProbe(router, servers[0]);

        int first = (await one.AskAsync()).Port;

        Assert.Equal(first + 1, (await one.AskAsync(servers[1])).Port);
        Assert.Equal(first + 2, (await two.AskAsync()).Port);
        Assert.Equal(first, (await one.AskAsync()).Port);
    }
}
