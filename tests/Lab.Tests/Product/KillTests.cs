using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>What is left when ntm-router is killed, and what comes back when it is started again.</summary>
public sealed class KillWorld : ProductFixture
{
    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    protected override void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.Home, new SiteOptions { Lan6 = System.Net.IPNetwork.Parse("fd00:8::/64") });
        world.Site("bob", Presets.Cloud);
        world.Server("web");
    }

    protected override async Task StartAsync() => await Bob.ShareAsync(Bob.Site.Device, "nas", "icmp");
}

public sealed class KillTests(KillWorld fixture) : ProductTest<KillWorld>(fixture)
{
    [Fact]
    public async Task After_a_kill_the_Internet_goes_on_nothing_leaks_and_a_restart_brings_all_back()
    {
        var laptop = Fixture.Alice.Site.Device;
        var web = Fixture.World.Lab.Host("web").Address.ToString();
        var name = Fixture.Bob.Name("nas");
        var address = await laptop.ResolveAsync(name);
        Assert.Equal((3, 3), await laptop.PingAsync(address, 3));
        var fingerprint = (await Fixture.Alice.NtmJsonAsync("status")).GetProperty("fingerprint").GetString();

        var capture = await Capture.StartAsync(Fixture.Alice.Site.Router, "wan0");
        await Fixture.Alice.Process.KillAsync();
        Assert.Equal((5, 5), await laptop.PingAsync(web, 5));
        var (_, received) = await laptop.PingAsync(address, 5);
        Assert.Equal(0, received);
        await capture.StopAsync();
        Assert.Equal(0, await capture.CountPacketsAsync("net 198.18.0.0/15"));
        var route = await Fixture.Alice.Site.Router.ExecAsync("ip", "-6", "route", "get", "fd4e:5400::1", "from", $"{laptop.Addresses6[0]}", "iif", "lan0");
        Assert.Contains("No route to host", route.Output + route.Errors, StringComparison.OrdinalIgnoreCase); // not "network is unreachable": it is refused
        Assert.True(await capture.CountPacketsAsync($"icmp and host {web}") >= 10);

        await Fixture.Alice.Process.RestartAsync();
        Assert.Equal(fingerprint, (await Fixture.Alice.NtmJsonAsync("status")).GetProperty("fingerprint").GetString());
        await Asking.UntilAsync("the device answers again", TimeSpan.FromSeconds(20), async () =>
            (await laptop.PingAsync(address, 1)).Received == 1); // the same virtual address as before
        Assert.Equal(address, await laptop.ResolveAsync(name));
    }
}
