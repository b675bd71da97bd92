using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>Routers change their addresses; sessions and contexts stay, and devices notice a short pause at most.</summary>
public sealed class MoveTests
{
    public static TheoryData<string, string, string> Moves()
    {
        var moves = new TheoryData<string, string, string>();
        foreach (var to in Preset.All)
        {
            foreach (var other in Preset.All)
            {
                moves.Add("home", to.Name, other.Name);
            }
        }

        moves.Add("symmetric", "home", "symmetric");
        moves.Add("cloud", "cloud", "cloud");
        return moves;
    }

    [Theory]
    [MemberData(nameof(Moves))]
    public void One_end_moves_and_talk_goes_on(string from, string to, string other)
    {
        var pair = new Pair(Preset.Of(from), Preset.Of(other)).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(2);
        var moved = pair.NowMs;

        pair.Alice.MoveTo(pair.World.Network.NewSite(Preset.Of(to)));
        pair.World.Run(10);

        AssertKept(pair, there, back, moved, 200);
        Assert.NotEmpty(pair.Alice.Moves);
        Assert.NotEmpty(pair.Bob.Moves);
    }

    [Theory]
    [MemberData(nameof(Moves))]
    public void The_other_end_moves_and_talk_goes_on(string from, string to, string other)
    {
        var pair = new Pair(Preset.Of(other), Preset.Of(from)).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(2);
        var moved = pair.NowMs;

        pair.Bob.MoveTo(pair.World.Network.NewSite(Preset.Of(to)));
        pair.World.Run(10);

        AssertKept(pair, there, back, moved, 200);
    }

    [Theory]
    [MemberData(nameof(Moves))]
    public void Both_move_at_the_same_instant_and_meet_at_the_relay(string from, string to, string other)
    {
        var pair = new Pair(Preset.Of(from), Preset.Of(other)).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(2);
        var moved = pair.NowMs;

        pair.Alice.MoveTo(pair.World.Network.NewSite(Preset.Of(to)));
        pair.Bob.MoveTo(pair.World.Network.NewSite(Preset.Of(other)));
        pair.World.Run(10);

        AssertKept(pair, there, back, moved, 400);
    }

    [Fact]
    public void A_time_without_any_uplink_is_survived()
    {
        var pair = new Pair(Preset.Home, Preset.Home).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(1);

        pair.Alice.Unplug(1);
        pair.World.Run(30);
        var plugged = pair.NowMs;
        pair.Alice.Plug(pair.World.Network.NewSite(Preset.Home));
        pair.World.Run(10);

        Assert.InRange(there.FirstAfter(plugged), 0, 500);
        Assert.InRange(back.FirstAfter(plugged), 0, 500);
    }

    [Theory]
    [InlineData("home", true)]
    [InlineData("symmetric", false)] // a direct path by the first uplink is better than the relay by the second
    public void A_second_uplink_takes_over_and_goes_again_and_no_packet_is_lost(string other, bool takesOver)
    {
        var pair = new Pair(Preset.Home, Preset.Of(other)).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(1);

        var second = pair.Alice.Plug(pair.World.Network.NewSite(Preset.Home));
        pair.World.Run(6);
        Assert.Equal(takesOver ? $"wan{second}" : "wan1", pair.AtAlice.Path!.Uplink);
        Assert.Equal((0, 0), (there.LostBetween(0, pair.NowMs - 100), back.LostBetween(0, pair.NowMs - 100)));

        var began = pair.NowMs;
        pair.Alice.Unplug(second);
        pair.World.Run(6);
        Assert.Equal("wan1", pair.AtAlice.Path!.Uplink);
        Assert.InRange(there.LongestGapSince(began), 0, 200);
        Assert.InRange(back.LongestGapSince(began), 0, 200);
    }

    [Fact]
    public void Ten_moves_in_a_row_use_nothing_up()
    {
        var pair = new Pair(Preset.Home, Preset.Home).Meet();
        var (there, back) = pair.Talk();
        var began = pair.NowMs;
        for (var i = 0; i < 12; i++)
        {
            var moved = pair.NowMs;
            (i % 2 == 0 ? pair.Alice : pair.Bob).MoveTo(pair.World.Network.NewSite(Preset.All[i % 4]));
            pair.World.Run(6);
            Assert.InRange(there.FirstAfter(moved), 0, 200);
            Assert.InRange(back.FirstAfter(moved), 0, 200);
        }

        AssertKept(pair, there, back, began, 300);
    }

    private static void AssertKept(Pair pair, Traffic there, Traffic back, long moved, long longestGapMs)
    {
        Assert.InRange(there.FirstAfter(moved), 0, longestGapMs);
        Assert.InRange(back.FirstAfter(moved), 0, longestGapMs);
        Assert.True(there.LongestGapSince(moved) <= longestGapMs, $"nothing came to the camera for {there.LongestGapSince(moved)} ms");
        Assert.True(back.LongestGapSince(moved) <= longestGapMs, $"nothing came to the laptop for {back.LongestGapSince(moved)} ms");
        there.AssertAtMostOnce();
        back.AssertAtMostOnce();
        var age = (pair.NowMs - moved) / 1000;
        Assert.True(pair.AtAlice.EstablishedSeconds > age && pair.AtBob.EstablishedSeconds > age, "the session was not kept");
        Assert.Equal((1, 1), (pair.AtAlice.Contexts.Count, pair.AtBob.Contexts.Count));
        Assert.Equal((pair.AsLaptopSees, pair.AsCameraSees), (pair.AtAlice.Contexts[0].VirtualAddress, pair.AtBob.Contexts[0].VirtualAddress));
        Assert.Equal(0, pair.Alice.SpinningTicks + pair.Bob.SpinningTicks);
    }
}
