using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>Two routers behind one carrier NAT that keeps its subscribers apart, but has a hairpin.</summary>
public sealed class HairpinWorld : ProductFixture
{
    protected override void Describe(WorldBuilder world)
    {
        var carrier = world.Place(Presets.SameCarrier, "turning", new PlaceOptions { Hairpin = true });
        world.Site("alice", [carrier]);
        world.Site("bob", [carrier]);
    }

    protected override Task StartAsync() => World["bob"].ShareAsync(World["bob"].Site.Device, "box", "icmp");
}

public sealed class HairpinTests(HairpinWorld fixture) : ProductTest<HairpinWorld>(fixture)
{
    [Fact]
    public async Task Two_routers_behind_one_NAT_find_each_other_by_its_outer_address()
    {
        var (alice, bob) = (Fixture.World["alice"], Fixture.World["bob"]);
        await alice.Site.Device.ReachesAsync(bob.Name("box"));
        await Asking.UntilAsync("the path is direct", TimeSpan.FromSeconds(15), () => alice.IsDirectAsync("bob"));
        Assert.Equal(0, await GridWalk.ProveAsync(Fixture.World, alice, bob));
        var carrier = Fixture.World.Lab.Place("turning");
        var path = (await alice.SessionAsync("bob"))!.Value.GetProperty("path");
        Assert.StartsWith($"{carrier.WanAddress}:", path.GetProperty("remote").GetString(), StringComparison.Ordinal);
    }
}
