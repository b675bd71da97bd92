using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>A path dies without a sign: nothing comes back, and nobody says why.</summary>
public sealed class BlackHoleTests
{
    [Theory]
    [InlineData("home", "home")]
    [InlineData("cloud", "symmetric")]
    [InlineData("firewall", "home")]
    public void A_direct_path_that_falls_silent_is_left_for_the_relay_and_taken_again_when_it_heals(string one, string other)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other)).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(2);
        Assert.False(pair.AtAlice.Path!.IsRelay);
        var began = pair.NowMs;

        Cut(pair, bothWays: true);
        pair.World.Run(20);
        Assert.InRange(there.LongestGapSince(began), 0, 2000);
        Assert.InRange(back.LongestGapSince(began), 0, 2000);
        Assert.True(pair.AtAlice.Path!.IsRelay && pair.AtBob.Path!.IsRelay);

        pair.World.Network.Lose = static _ => false;
        var healed = pair.NowMs;
        pair.World.Run(60);
        Assert.True(pair.AtAlice.Path!.IsRelay == false && pair.AtBob.Path!.IsRelay == false, "still at the relay");
        Assert.Equal((0, 0), (there.LostBetween(healed, pair.NowMs - 100), back.LostBetween(healed, pair.NowMs - 100)));
        there.AssertAtMostOnce();
        back.AssertAtMostOnce();
        Assert.Equal(0, pair.Alice.SpinningTicks + pair.Bob.SpinningTicks);
    }

    [Fact]
    public void A_path_that_is_dead_in_one_direction_is_left_too()
    {
        var pair = new Pair(Preset.Home, Preset.Home).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(2);
        var began = pair.NowMs;

        Cut(pair, bothWays: false);
        pair.World.Run(30);

        Assert.InRange(there.LongestGapSince(began), 0, 5000);
        Assert.InRange(back.LongestGapSince(began), 0, 5000);
        Assert.Equal(0, there.LostBetween(began + 5000, pair.NowMs - 100));
    }

    [Fact]
    public void A_new_session_that_was_never_completed_does_not_take_the_place_of_what_works()
    {
        var pair = new Pair(Preset.Home, Preset.Home).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(1);

        // Alice hears nobody but the DS: she begins anew, and bob's answers do not reach her.
        var (alice, ds) = (pair.Alice.Site.PublicAddress, pair.World.Directions.At);
        pair.World.Network.Lose = d => d.To.Ipv4Address == alice && d.From != ds;
        pair.World.Run(6);
        Assert.True(pair.Bob.Node.Links > 1, "alice did not begin anew");
        pair.World.Network.Lose = d => d.To.Ipv4Address == alice;
        pair.World.Run(4); // she has given up
        pair.World.Network.Lose = static _ => false;
        var healed = pair.NowMs;
        pair.World.Run(25);

        Assert.InRange(there.FirstAfter(healed), 0, 1000);
        Assert.InRange(back.FirstAfter(healed), 0, 1000);
        Assert.Equal(0, back.LostBetween(healed + 2000, pair.NowMs - 100));
        Assert.Equal((1, 1), (pair.Alice.Node.Links, pair.Bob.Node.Links));
    }

    [Fact]
    public void A_session_in_which_nobody_talks_finds_out_when_somebody_does()
    {
        var pair = new Pair(Preset.Home, Preset.Home).Meet();
        pair.World.Run(30);
        Cut(pair, bothWays: true);
        var there = new Traffic(pair.World, pair.Laptop, pair.AsLaptopSees, pair.Camera);
        var began = pair.NowMs;
        pair.World.Run(5);
        Assert.InRange(there.FirstAfter(began + 2000), 0, 100);
    }

    [Fact]
    public void A_path_by_satellite_is_slow_and_not_dead()
    {
        var pair = new Pair(Preset.Home, Preset.Home).Meet();
        pair.Alice.Site.Line.Delay = pair.Bob.Site.Line.Delay = TimeSpan.FromMilliseconds(300);
        var (there, back) = pair.Talk();
        pair.World.Run(10);
        var (one, other) = (pair.Alice.Moves.Count, pair.Bob.Moves.Count);
        var began = pair.NowMs;

        pair.World.Run(60);

        Assert.Equal((one, other), (pair.Alice.Moves.Count, pair.Bob.Moves.Count));
        Assert.False(pair.AtAlice.Path!.IsRelay || pair.AtBob.Path!.IsRelay);
        Assert.Equal(1200, pair.AtAlice.Path.RoundTripMs);
        Assert.Equal((0, 0), (there.LostBetween(began, pair.NowMs - 700), back.LostBetween(began, pair.NowMs - 700)));
        Assert.Equal((1, 1), (pair.Alice.Node.Links, pair.Bob.Node.Links));
    }

    private static void Cut(Pair pair, bool bothWays)
    {
        var (one, other) = (pair.Alice.Site.PublicAddress, pair.Bob.Site.PublicAddress);
        pair.World.Network.Lose = d => (d.From.Ipv4Address == one && d.To.Ipv4Address == other)
            || (bothWays && d.From.Ipv4Address == other && d.To.Ipv4Address == one);
    }
}
