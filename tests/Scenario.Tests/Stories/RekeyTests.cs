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
        var (epochs, unknown, changed) = ((0, 0), 0L, 0.0);
        for (var second = 0.0; second < 400; second += 0.1)
        {
            pair.World.Run(0.1);
            var dropped = Dropped(DropReason.UnknownEpoch);
            var now = (pair.AtAlice.Epoch, pair.AtBob.Epoch);
            changed = now == epochs ? changed : second;

            // Long after a change a relay may still give what it has kept for a partner that joins again: a Locator under the keys before.
            Assert.True(dropped == unknown || second - changed > 15, $"{dropped - unknown} packets lost, keys changed {second - changed:F1} s ago");
            (epochs, unknown) = (now, dropped);
        }

        Assert.InRange(pair.AtAlice.Epoch, 2, 3);
        Assert.InRange(pair.AtBob.Epoch, 2, 3);
        Assert.Equal(0, Dropped(DropReason.Forged));
        Assert.InRange(unknown, 0, 20);

        long Dropped(DropReason reason) => pair.Alice.Router.Drops[reason] + pair.Bob.Router.Drops[reason];

        there.AssertAtMostOnce();
        back.AssertAtMostOnce();
    }
}
