using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>Paths that carry less than an Ethernet packet, and do not say so.</summary>
public sealed class NarrowPathTests
{
    private const int Quic = 1200;

    public static TheoryData<string, int> Paths => new()
    {
        { "home", 1280 }, { "home", 1124 }, { "home", 576 }, { "symmetric", 1280 }, { "symmetric", 1124 }, { "symmetric", 576 },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public void Datagrams_of_1200_bytes_pass_from_the_beginning(string preset, int mtu)
    {
        var pair = new Pair(Preset.Of(preset), Preset.Of(preset));
        pair.Alice.Site.Line.Mtu = mtu;
        pair.Meet();

        var (there, back) = pair.Talk(length: Quic);
        pair.World.Run(3);
        End(pair, there, back);

        Assert.Equal((0, 0), (there.Lost, back.Lost));
        Assert.All(new[] { pair.AtAlice, pair.AtBob }, peer => Assert.InRange(peer.Path!.Mtu, 548, mtu));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_path_that_becomes_narrower_is_noticed_while_data_flows(string preset, int mtu)
    {
        var pair = new Pair(Preset.Of(preset), Preset.Of(preset)).Meet();
        var (there, back) = pair.Talk(length: Quic);
        pair.World.Run(2);
        pair.Alice.Site.Line.Mtu = mtu;
        pair.World.Run(8);
        var noticedMs = pair.NowMs;
        pair.World.Run(3);
        End(pair, there, back);

        Assert.Equal((0, 0), (there.LostSince(noticedMs), back.LostSince(noticedMs)));
    }

    [Theory]
    [InlineData("home")]
    [InlineData("symmetric")]
    public void Who_moves_to_a_narrow_place_is_not_sent_what_passed_at_the_old_one(string preset)
    {
        var pair = new Pair(Preset.Of(preset), Preset.Of(preset)).Meet();
        var narrow = pair.World.Network.NewSite(Preset.Of(preset));
        narrow.Line.Mtu = 576;
        var (there, back) = pair.Talk(length: Quic);
        pair.World.Run(1);
        pair.Alice.MoveTo(narrow);
        pair.World.Run(2);
        var settledMs = pair.NowMs;
        pair.World.Run(3);
        End(pair, there, back);

        Assert.Equal((0, 0), (there.LostSince(settledMs), back.LostSince(settledMs)));
    }

    // What is still under way arrives.
    private static void End(Pair pair, Traffic there, Traffic back)
    {
        there.Stop();
        back.Stop();
        pair.World.Run(0.5);
    }
}
