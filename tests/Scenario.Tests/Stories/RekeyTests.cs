using NTMobile.RouterCore;
using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Stories;

public sealed class RekeyTests
{
    [Theory]
    [InlineData("home", "home")]
    [InlineData("symmetric", "symmetric")]
    public void Keys_change_under_traffic_and_no_packet_is_lost(string one, string other)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other)).Meet();
        var (there, back) = pair.Talk();

        pair.World.Run(380);
        there.Stop();
        back.Stop();
        pair.World.Run(1);

        Assert.Equal((3, 3), (pair.AtAlice.Epoch, pair.AtBob.Epoch));
        Assert.Equal((0, 0), (there.Lost, back.Lost));
        Assert.InRange(there.Sent, 18_995, 19_005);
        there.AssertAtMostOnce();
        back.AssertAtMostOnce();
    }

    [Fact]
    public void Keys_change_on_a_bad_line_and_every_packet_that_arrives_can_be_opened()
    {
        var pair = new Pair(Preset.Home, Preset.Home, 5).Meet();
        foreach (var line in new[] { pair.Alice.Site.Line, pair.Bob.Site.Line })
        {
            (line.Loss, line.Jitter, line.Duplication) = (0.15, TimeSpan.FromMilliseconds(60), 0.05);
        }

        var (there, back) = pair.Talk();
        pair.World.Run(400);

        Assert.InRange(pair.AtAlice.Epoch, 2, 3);
        Assert.InRange(pair.AtBob.Epoch, 2, 3);
        foreach (var router in new[] { pair.Alice, pair.Bob })
        {
            Assert.Equal(0, router.Router.Drops[DropReason.UnknownEpoch] + router.Router.Drops[DropReason.Forged]);
        }

        there.AssertAtMostOnce();
        back.AssertAtMostOnce();
    }
}
