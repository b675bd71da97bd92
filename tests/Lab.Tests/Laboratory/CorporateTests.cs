using System.Net;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>What leaves a company's network.</summary>
public sealed class CorporateTests(CorporateTests.OneCompany fixture) : WorldTest<CorporateTests.OneCompany>(fixture)
{
    public sealed class OneCompany : WorldFixture
    {
        protected override void Describe(WorldBuilder world)
        {
            world.Server("srv1", addresses: 2);
            world.Site("alice", Presets.Corporate, new SiteOptions { OrdinaryNat = true });
        }

        protected override async Task StartAsync()
        {
            await NatDiscovery.ServeAsync(World.Host("srv1"));
            await Iperf3.ServeAsync(World.Host("srv1"), 443);
            await Iperf3.ServeAsync(World.Host("srv1"));
        }
    }

    [Fact]
    public async Task Only_TCP_to_443_leaves()
    {
        Host device = World.Site("alice").Device;
        IPAddress server = World.Host("srv1").Address;
        using var client = new StunProbe(device, server);

        Assert.True((await Iperf3.TcpAsync(device, server, TimeSpan.FromSeconds(1), "-p", "443")).BitsPerSecond > 0);
        Assert.False(await device.ConnectsAsync(new(server, 5201)));
        Assert.False(await device.PingsAsync(server));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.AskAsync());
    }
}
