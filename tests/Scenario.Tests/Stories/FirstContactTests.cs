using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Stories;

public sealed class FirstContactTests
{
    [Fact]
    public void A_node_registers_and_connects_to_the_relay_at_once()
    {
        var world = new MemoryWorld();
        var alice = world.AddRouter("alice", Preset.Home);
        Assert.True(world.RunUntil(() => alice.IsReady, 1), "not registered");
        world.Run(60);
        Assert.True(alice.IsReady);
        Assert.Equal(0, alice.SpinningTicks);
    }

    [Fact]
    public void A_device_reaches_another_by_name()
    {
        var world = new MemoryWorld();
        var alice = world.AddRouter("alice", Preset.Home);
        var bob = world.AddRouter("bob", Preset.Home);
        var laptop = alice.AddDevice("laptop");
        var camera = bob.AddDevice("camera", isShared: true);
        world.UntilReady(alice, bob);

        var began = world.Clock.NowMs;
        var address = world.Resolve(laptop, camera.Name).Address();
        var named = world.Clock.NowMs - began;
        Assert.True(world.Echo(laptop, address));
        var echoed = world.Clock.NowMs - began;

        Assert.True(named <= 45, $"the name took {named} ms, one DS round trip is 40 ms");
        Assert.True(echoed <= 45 + 45 + 45, $"the first byte came back after {echoed} ms");
        var seen = Assert.Single(camera.Arrivals);
        Assert.True(RouterCore.AddressPrefix.Virtual.Contains(seen.Source));
    }

    [Theory]
    [InlineData("home", "home", 5)]
    [InlineData("cloud", "firewall", 5)]
    [InlineData("home", "home", 1)]
    public void The_change_from_the_relay_to_the_direct_path_loses_nothing_and_nothing_overtakes(string one, string other, double everyMs)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other));
        var routers = new[] { pair.Alice.Site.PublicAddress, pair.Bob.Site.PublicAddress };
        pair.World.Network.Lose = d => routers.Contains(d.From.Ipv4Address) && routers.Contains(d.To.Ipv4Address);
        pair.MeetOnce();
        Assert.True(pair.AtAlice.Path!.IsRelay);
        var (there, back) = pair.Talk(everyMs);
        pair.World.Run(0.5);
        pair.World.Network.Lose = static _ => false;
        pair.World.Run(5);
        there.Stop();
        back.Stop();
        pair.World.Run(0.5);

        Assert.False(pair.AtAlice.Path!.IsRelay || pair.AtBob.Path!.IsRelay);
        Assert.Equal(Enumerable.Range(0, there.Sent), there.Arrived);
        Assert.Equal(Enumerable.Range(0, back.Sent), back.Arrived);
    }
}
