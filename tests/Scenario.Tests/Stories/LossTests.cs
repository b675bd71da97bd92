using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>Bad lines: one datagram in five is lost, others come twice, late, or in another order.</summary>
public sealed class LossTests
{
    public static TheoryData<ulong, string, string> Worlds
    {
        get
        {
            var worlds = new TheoryData<ulong, string, string>();
            foreach (var seed in Seeds.Of(12, 300))
            {
                worlds.Add(seed, Preset.All[(int)seed % 4].Name, Preset.All[(int)(seed / 4) % 4].Name);
            }

            return worlds;
        }
    }

    [Theory]
    [MemberData(nameof(Worlds))]
    public void A_session_is_set_up_nevertheless_and_no_payload_comes_twice(ulong seed, string one, string other)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other), seed);
        Spoil(pair);
        var began = pair.NowMs;
        pair.MeetOnce();
        Assert.InRange(pair.NowMs - began, 0, 6000);

        var (there, back) = pair.Talk();
        pair.World.Run(20);
        there.Stop();
        back.Stop();
        pair.World.Run(1);

        AssertOnlyTheLineLoses(there);
        AssertOnlyTheLineLoses(back);
        Assert.Equal((1, 1), (pair.Alice.Node.Links, pair.Bob.Node.Links));
    }

    [Theory]
    [MemberData(nameof(Worlds))]
    public void A_move_ends_in_time_and_no_payload_comes_twice(ulong seed, string one, string other)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other), seed).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(1);
        Spoil(pair);

        var moved = pair.NowMs;
        var target = pair.World.Network.NewSite(Preset.Of(one));
        Spoil(target.Line);
        pair.Alice.MoveTo(target);
        pair.World.Run(10);

        Assert.InRange(there.FirstAfter(moved), 0, 1000);
        Assert.InRange(back.FirstAfter(moved), 0, 1500);
        AssertOnlyTheLineLoses(there, 3000);
        there.AssertAtMostOnce();
        back.AssertAtMostOnce();
        Assert.True(pair.AtAlice.EstablishedSeconds >= 15, "the session was not kept");
    }

    private static void AssertOnlyTheLineLoses(Traffic traffic, int tolerance = 0)
    {
        traffic.AssertAtMostOnce();
        Assert.InRange(traffic.Lost, 1, (traffic.Sent * 30 / 100) + (tolerance / 20));
    }

    private static void Spoil(Pair pair)
    {
        Spoil(pair.Alice.Site.Line);
        Spoil(pair.Bob.Site.Line);
    }

    // Two lines make one way: 0.9 × 0.9 ≈ 0.8 come through.
    private static void Spoil(LinkQuality line)
    {
        line.Loss = 0.106;
        line.Jitter = TimeSpan.FromMilliseconds(45);
        line.Duplication = 0.1;
    }
}
