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

    [Fact]
    public async Task Rules_that_another_program_emptied_are_put_back()
    {
        var (laptop, router) = (Fixture.Alice.Site.Device, Fixture.Alice.Site.Router);
        var web = Fixture.World.Lab.Host("web").Address.ToString();
        var address = await laptop.ResolveAsync(Fixture.Bob.Name("nas"));
        Assert.Equal((3, 3), await laptop.PingAsync(address, 3));
        var before = await RulesAsync(router);

        await router.RunAsync("nft", "flush", "ruleset"); // what /etc/nftables.conf begins with
        await Asking.UntilAsync("the rules are there again", TimeSpan.FromSeconds(5), async () => await RulesAsync(router) == before);
        Assert.Equal((3, 3), await laptop.PingAsync(address, 3));
        Assert.Equal((3, 3), await laptop.PingAsync(web, 3));
        await router.RunAsync("nft", "add", "table", "ip", "other"); // somebody else's rules are no reason to change ours
        Assert.Equal(before, await RulesAsync(router));
        Assert.Contains("emptied the packet filter", await File.ReadAllTextAsync(Fixture.Alice.Process.Process.LogFile), StringComparison.Ordinal);
    }

    // Chains and rules of the table of ours, without their counters, and of what iptables has for us.
    private static async Task<string> RulesAsync(Host router)
    {
        var ours = await router.ExecAsync("nft", "-s", "-t", "list", "table", "inet", "ntm");
        var queue = await router.ExecAsync("iptables-nft", "-t", "raw", "-S");
        return ours.Output + queue.Output;
    }
}
