using System.Diagnostics;
using System.Net;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>Worlds as such: time to build, equal subnets, several uplinks, nothing left afterwards.</summary>
public sealed class WorldTests
{
    private static readonly IPNetwork Same = IPNetwork.Parse("192.168.8.0/24");

    [Fact]
    public async Task Eight_sites_come_up_in_three_seconds_and_leave_nothing()
    {
        var time = Stopwatch.StartNew();
        LabWorld world = await LabWorld.CreateAsync(w =>
        {
            w.Server("srv1");
            foreach (Preset preset in new[] { Presets.Cloud, Presets.Home, Presets.Symmetric, Presets.Firewall })
            {
                w.Site($"{preset}-a", preset);
                w.Site($"{preset}-b", preset);
            }
        });
        TimeSpan up = time.Elapsed;
        await world.DisposeAsync();

        TestContext.Current.TestOutputHelper?.WriteLine($"up in {up.TotalSeconds:0.00} s, down in {(time.Elapsed - up).TotalSeconds:0.00} s");
        Assert.InRange(up.TotalSeconds, 0, 3);
        Assert.Empty(Directory.GetFiles("/run/netns"));
        Assert.False(Directory.Exists(world.LogFolder));
    }

    [Fact]
    public async Task LANs_and_uplinks_may_all_be_the_same_subnet()
    {
        await using LabWorld world = await LabWorld.CreateAsync(w =>
        {
            w.Server("srv1");
            var options = new PlaceOptions { Inside = Same };
            w.Site("alice", [w.Place(Presets.Home, options: options)]);
            w.Site("bob", [w.Place(Presets.Symmetric, options: options)]);
        });

        foreach (Site site in world.Sites)
        {
            Assert.Equal(Same.Nth(1), site.LanAddress);
            Assert.Equal(Same.Nth(100), site.Device.Address);
            Assert.Equal((Same.Nth(150), Same.Nth(1)), (site.Uplink.Address, site.Uplink.Place.Gateway));
            await site.Device.RunAsync("ping", "-c1", "-W2", $"{site.LanAddress}");
            await site.Router.RunAsync("ping", "-c1", "-W2", "-I", "wan0", $"{world.Host("srv1").Address}");
        }
    }

    [Fact]
    public async Task A_router_may_have_two_uplinks()
    {
        await using LabWorld world = await LabWorld.CreateAsync(w =>
        {
            w.Server("srv1");
            w.Site("car", [w.Place(Presets.Home), w.Place(Presets.Symmetric)], new SiteOptions { OrdinaryNat = true });
        });

        foreach (Uplink uplink in world.Site("car").Uplinks)
        {
            await world.Site("car").Router.RunAsync("ping", "-c1", "-W2", "-I", uplink.Interface, $"{world.Host("srv1").Address}");
        }
    }

    [Fact]
    public async Task A_second_world_in_the_same_process_is_refused_in_words()
    {
        await using LabWorld first = await LabWorld.CreateAsync(w => w.Server("srv1"));

        var refusal = await Assert.ThrowsAsync<LabException>(() => LabWorld.CreateAsync(w => w.Server("srv1")));

        Assert.Contains("another world", refusal.Message, StringComparison.Ordinal);
        await first.Host("srv1").RunAsync("ip", "link");
    }
}
