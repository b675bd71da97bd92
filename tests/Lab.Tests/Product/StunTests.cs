using System.Net;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>Ordinary STUN clients, coturn's, against the DS: one router behind each preset, and a server with two addresses, as it is installed.</summary>
public sealed class StunTests(StunTests.ServerAndSites fixture) : WorldTest<StunTests.ServerAndSites>(fixture)
{
    private const int DsPort = 4330;
    private const int StunPort = 3478;

    private const string Independent = "Endpoint Independent Mapping";
    private const string Dependent = "Address and Port Dependent Mapping";
    private const string Open = "Endpoint Independent Filtering";
    private const string Restricted = "Address and Port Dependent Filtering";

    public sealed class ServerAndSites : WorldFixture
    {
        public Host Server => World.Host("ntm");

        protected override void Describe(WorldBuilder world)
        {
            world.Server("ntm", addresses: 2);
            foreach (Preset preset in new[] { Presets.Home, Presets.FullCone, Presets.Symmetric, Presets.Cloud, Presets.Firewall })
            {
                world.Site($"{preset}-r", preset, new SiteOptions { Devices = 0 });
            }
        }

        protected override async Task StartAsync()
        {
            (IPAddress first, IPAddress second) = (Server.Addresses[0], Server.Addresses[1]);
            string configuration = Path.Combine(World.LogFolder, "server.json");
            await File.WriteAllTextAsync(configuration, $$"""
                {
                  "zone": "ntm.test",
                  "publicAddress": "{{first}}",
                  "stateDirectory": "{{Path.Combine(World.LogFolder, "server-state")}}",
                  "controlSocket": "{{Path.Combine(World.LogFolder, "server.sock")}}",
                  "ds": { "listen": "{{first}}:{{DsPort}}", "dns": "{{first}}:53", "stunPort": {{StunPort}}, "secondAddress": "{{second}}" },
                  "rs": { "listen": "{{second}}:4331", "publicAddress": "{{second}}" },
                  "kms": { "listen": "{{first}}:4343" }
                }
                """);
            await DaemonProcess.StartAsync(
                Server,
                ProcessSpec.DotNet(Binaries.Server, "run", "--config", configuration),
                Readiness.Line("^ntm-server ready", TimeSpan.FromSeconds(60)));
        }
    }

    [Theory]
    [InlineData("home", Independent, Restricted)]
    [InlineData("fullcone", Independent, Open)]
    [InlineData("symmetric", Dependent, Restricted)]
    [InlineData("cloud", "No NAT", Open)]
    [InlineData("firewall", "No NAT", Restricted)]
    public async Task Natdiscovery_classifies_the_preset(string preset, string mapping, string filtering)
    {
        Site site = World.Site($"{preset}-r");

        NatDiscovery found = await NatDiscovery.AskAsync(site.Router, site.Uplink.Address!, Fixture.Server);

        Assert.Equal((mapping, filtering), (found.Mapping, found.Filtering));
        Assert.All(found.Reflexive, from => Assert.Equal(SeenFrom(site), from.Address));
    }

    [Theory]
    [InlineData("home", Independent)]
    [InlineData("symmetric", Dependent)]
    public async Task Natdiscovery_works_at_the_port_of_the_sessions_too(string preset, string mapping)
    {
        Site site = World.Site($"{preset}-r");

        string said = await site.Router.RunAsync(
            "turnutils_natdiscovery", "-m", "-f", "-p", $"{DsPort}", "-L", $"{site.Uplink.Address}", $"{Fixture.Server.Address}");

        Assert.Contains($"NAT with {mapping}!", said, StringComparison.Ordinal);
        Assert.Contains($"NAT with {Restricted}!", said, StringComparison.Ordinal);
        Assert.Contains("No ALG: Mapped == XOR-Mapped", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stunclient_goes_through_all_its_questions()
    {
        Site site = World.Site("cloud-r");

        string said = await site.Router.RunAsync("turnutils_stunclient", "-L", $"{site.Uplink.Address}", $"{Fixture.Server.Address}");

        Assert.Contains($"UDP reflexive addr: {site.Uplink.Address}:", said, StringComparison.Ordinal);
        Assert.Contains($"Response origin: : {Fixture.Server.Addresses[0]}:{StunPort}", said, StringComparison.Ordinal);
        Assert.Contains($"Other addr: : {Fixture.Server.Addresses[1]}:{DsPort}", said, StringComparison.Ordinal);
        Assert.Contains($"Response origin: : {Fixture.Server.Addresses[1]}:{DsPort}", said, StringComparison.Ordinal); // to another port of the asker
        Assert.Contains("The response is an error 420", said, StringComparison.Ordinal); // PADDING
    }

    [Theory]
    [InlineData("home")]
    [InlineData("symmetric")]
    public async Task Stunclient_behind_a_NAT_is_told_its_outside_address(string preset)
    {
        Site site = World.Site($"{preset}-r");

        // Its second question wants the answer at a port that no NAT maps, and it waits for that without end.
        ExecResult ended = await site.Router.ExecAsync(
            "timeout", "2", "stdbuf", "-oL", "turnutils_stunclient", "-L", $"{site.Uplink.Address}", $"{Fixture.Server.Address}");

        Assert.Contains($"UDP reflexive addr: {SeenFrom(site)}:", ended.Output, StringComparison.Ordinal);
    }

    private static IPAddress SeenFrom(Site site) => site.Uplink.Place.Preset.IsPublic ? site.Uplink.Address! : site.Uplink.Place.WanAddress;
}
