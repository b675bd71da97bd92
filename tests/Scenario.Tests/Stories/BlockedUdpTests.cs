using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>A network lets no UDP through: servers and relay are reached over TCP, and left again for UDP as soon as that works.</summary>
public sealed class BlockedUdpTests
{
    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var one in Preset.All)
        {
            foreach (var other in Preset.All)
            {
                pairs.Add(one.Name, other.Name);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Udp_ends_under_a_talk_that_is_on_tcp_within_a_second_and_back_on_udp_after_the_block(string one, string other)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other)).Meet();
        var before = pair.AtAlice.Path!;
        var (there, back) = pair.Talk();
        pair.World.Run(3);
        var blocked = pair.NowMs;

        pair.Alice.Site.Line.BlocksUdp = true;
        pair.World.Run(10);

        Assert.True(pair.AtAlice.Path!.Remote.IsTcp, $"{pair.AtAlice.Path}");
        Assert.True(pair.AtBob.Path is { IsRelay: true, Remote.IsTcp: false }, $"{pair.AtBob.Path}");
        Assert.InRange(there.LongestGapSince(blocked), 0, 1000);
        Assert.InRange(back.LongestGapSince(blocked), 0, 1000);
        Assert.True(pair.Alice.IsReady);

        pair.Alice.Site.Line.BlocksUdp = false;
        var open = pair.NowMs;
        pair.World.Run(40);

        Assert.Equal((before.IsRelay, before.Remote.IsTcp), (pair.AtAlice.Path!.IsRelay, pair.AtAlice.Path.Remote.IsTcp));
        Assert.InRange(there.LongestGapSince(open), 0, 200);
        Assert.InRange(back.LongestGapSince(open), 0, 200);
        there.AssertAtMostOnce();
        back.AssertAtMostOnce();
    }

    // The camera's router sends and hears nothing; the laptop's hears nothing and would send nothing before its next keep-alive.
    [Theory]
    [InlineData("home", "home")]
    [InlineData("symmetric", "symmetric")]
    [InlineData("firewall", "cloud")]
    public void A_lan_that_only_receives_is_on_tcp_within_a_second_too(string one, string other)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other)).Meet();
        var asked = new Traffic(pair.World, pair.Laptop, pair.AsLaptopSees, pair.Camera);
        pair.World.Run(0.1);
        asked.Stop();
        var stream = new Traffic(pair.World, pair.Camera, pair.AsCameraSees, pair.Laptop, answers: asked.Port);
        pair.World.Run(3);
        var blocked = pair.NowMs;

        pair.Alice.Site.Line.BlocksUdp = true;
        pair.World.Run(10);

        Assert.True(pair.AtAlice.Path!.Remote.IsTcp, $"{pair.AtAlice.Path}");
        Assert.InRange(stream.LongestGapSince(blocked), 0, 1000);
        stream.AssertAtMostOnce();
    }

    [Fact]
    public void Routers_that_start_without_udp_meet_over_tcp_and_become_direct_when_udp_is_let_through()
    {
        var pair = new Pair(Preset.Home, Preset.Home, blocksUdp: true).Meet();
        Assert.True(pair.AtAlice.Path is { IsRelay: true, Remote.IsTcp: true });
        Assert.True(pair.AtBob.Path is { IsRelay: true, Remote.IsTcp: true });

        pair.Alice.Site.Line.BlocksUdp = pair.Bob.Site.Line.BlocksUdp = false;
        var (there, _) = pair.Talk();
        pair.World.Run(40);

        Assert.False(pair.AtAlice.Path!.IsRelay);
        Assert.False(pair.AtBob.Path!.IsRelay);
        Assert.Equal(0, there.LostBetween(0, pair.NowMs - 1000));
    }

    [Fact]
    public void A_move_into_a_network_without_udp_costs_less_than_two_seconds()
    {
        var pair = new Pair(Preset.Home, Preset.Home).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(3);
        var moved = pair.NowMs;

        var office = pair.World.Network.NewSite(Preset.Home);
        office.Line.BlocksUdp = true;
        pair.Alice.MoveTo(office);
        pair.World.Run(10);

        Assert.True(pair.AtAlice.Path!.Remote.IsTcp);
        Assert.InRange(there.LongestGapSince(moved), 0, 1000);
        Assert.InRange(back.LongestGapSince(moved), 0, 1000);
        pair.Alice.MoveTo(pair.World.Network.NewSite(Preset.Home));
        pair.World.Run(10);
        Assert.False(pair.AtAlice.Path!.IsRelay);
    }

    [Fact]
    public void While_udp_answers_nothing_ever_goes_over_tcp()
    {
        var streams = 0;
        var pair = new Pair(Preset.Home, Preset.Symmetric);
        pair.World.Network.Seen += datagram => streams += datagram.To.IsTcp ? 1 : 0;
        pair.Meet();
        pair.Talk();
        pair.World.Run(60);
        Assert.Equal(0, streams);
    }
}
