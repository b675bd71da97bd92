using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Stories;

public sealed class PathGridTests
{
    public static TheoryData<string, string, bool> Pairs()
    {
        var pairs = new TheoryData<string, string, bool>();
        foreach (var one in Preset.All)
        {
            foreach (var other in Preset.All)
            {
                pairs.Add(one.Name, other.Name, IsDirect(one, other) && IsDirect(other, one));
            }
        }

        return pairs;
    }

    [Fact]
    public void All_but_three_of_twentyfive_pairs_can_be_direct() =>
        Assert.Equal(22, Pairs().Count(p => p.Data.Item3));

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_pair_of_places_connects_and_is_direct_where_that_is_possible(string one, string other, bool direct)
    {
        var world = new MemoryWorld();
        var alice = world.AddRouter("alice", Preset.Of(one));
        var bob = world.AddRouter("bob", Preset.Of(other));
        var laptop = alice.AddDevice("laptop");
        var camera = bob.AddDevice("camera", isShared: true);
        world.UntilReady(alice, bob);

        var began = world.Clock.NowMs;
        var address = world.Meet(laptop, camera);
        Assert.True(world.Clock.NowMs - began <= 250, $"the first byte came back after {world.Clock.NowMs - began} ms");

        world.Run(5);
        var relayed = world.Relay.PayloadPackets;
        Assert.True(world.Echo(laptop, address));
        Assert.Equal(direct ? relayed : relayed + 2, world.Relay.PayloadPackets);
        Assert.Equal(!direct, alice.Status.Peers[0].Path!.IsRelay);
        Assert.Equal(!direct, bob.Status.Peers[0].Path!.IsRelay);
        Assert.Equal(0, alice.SpinningTicks + bob.SpinningTicks);
    }

    // Two places that map per remote endpoint find each other only where both give their ports in order.
    private static bool IsDirect(Preset one, Preset other) => !(one.MapsPerRemote && other.MapsPerRemote) || (one.CountsPorts && other.CountsPorts);
}
