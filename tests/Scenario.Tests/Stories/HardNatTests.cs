using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>Direct paths through NATs that give another port for each remote endpoint.</summary>
public sealed class HardNatTests
{
    private const int Trials = 25;

    [Theory]
    [InlineData("symmetric", "home", 22)]
    [InlineData("home", "symmetric", 22)]
    [InlineData("symmetric", "firewall", 22)]
    [InlineData("symseq", "home", 25)]
    [InlineData("home", "symseq", 25)]
    [InlineData("symseq", "symseq", 20)]
    public void Most_trials_become_direct_within_five_seconds(string one, string other, int atLeast)
    {
        var direct = Enumerable.Range(1, Trials).Count(seed => IsDirect(one, other, (ulong)seed));
        Assert.InRange(direct, atLeast, Trials);
    }

    [Theory]
    [InlineData("symmetric", "symmetric")]
    [InlineData("symmetric", "symseq")]
    public void Two_NATs_of_which_one_gives_random_ports_stay_with_the_relay(string one, string other) =>
        Assert.False(IsDirect(one, other, 1));

    [Fact]
    public void Nobody_keeps_sockets_that_carry_nothing()
    {
        var pair = new Pair(Preset.Symmetric, Preset.Home).Meet();
        Assert.False(pair.AtAlice.Path!.IsRelay);
        pair.World.Run(10);
        Assert.InRange(pair.Alice.FurtherSockets, 1, 4);
        Assert.True(pair.World.Echo(pair.Laptop, pair.AsLaptopSees));
        pair.Alice.MoveTo(pair.World.Network.NewSite(Preset.Home));
        pair.World.Run(10);
        Assert.True(pair.World.Echo(pair.Laptop, pair.AsLaptopSees));
        Assert.Equal(0, pair.Alice.FurtherSockets);
    }

    [Theory]
    [InlineData("symmetric", "home")]
    [InlineData("home", "symmetric")]
    public void A_try_that_met_no_open_port_is_made_again_soon(string one, string other)
    {
        foreach (var seed in Enumerable.Range(1, 3 * Trials))
        {
            Assert.True(IsDirect(one, other, (ulong)seed) || IsDirect(one, other, (ulong)seed, 40));
        }
    }

    private static bool IsDirect(string one, string other, ulong seed, int seconds = 5)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other), seed);
        pair.MeetOnce();
        pair.World.Run(seconds);
        Assert.Equal(pair.AtAlice.Path!.IsRelay, pair.AtBob.Path!.IsRelay);
        return !pair.AtAlice.Path.IsRelay && pair.World.Echo(pair.Laptop, pair.AsLaptopSees);
    }
}
