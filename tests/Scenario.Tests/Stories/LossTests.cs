using NTMobile.Scenario.Tests.World;
using NTMobile.Wire;

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

    [Theory]
    [InlineData("home")]
    [InlineData("symmetric")]
    public void A_direction_that_comes_again_and_a_handshake_that_somebody_repeats_change_nothing(string other)
    {
        var pair = new Pair(Preset.Cloud, Preset.Of(other));
        var (bob, handshakes) = (pair.Bob.Site.PublicAddress, new List<Datagram>());
        pair.World.Network.Lose = d => d.From.Ipv4Address == bob && d.To == pair.World.Directions.At; // no acknowledgement
        pair.World.Network.Seen += d =>
        {
            if (d.To.Ipv4Address == bob && (DatagramType)d.Bytes[0] == DatagramType.HandshakeInit)
            {
                handshakes.Add(d);
            }
        };
        pair.MeetOnce();
        var (there, back) = pair.Talk();
        pair.World.Run(1);

        Assert.NotEmpty(handshakes);
        foreach (var d in handshakes.ToArray())
        {
            pair.Bob.Inject([.. d.Bytes], d.From);
            pair.World.Run(0.1);
        }

        pair.World.Run(3);
        Assert.Equal((1, 1), (pair.Alice.Node.Links, pair.Bob.Node.Links));
        Assert.Equal((0, 0), (there.LostBetween(0, pair.NowMs - 100), back.LostBetween(0, pair.NowMs - 100)));
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
