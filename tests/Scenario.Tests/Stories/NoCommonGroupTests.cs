using NTMobile.Scenario.Tests.World;
using NTMobile.Wire;
using NTMobile.Wire.Dns;

namespace NTMobile.Scenario.Tests.Stories;

public sealed class NoCommonGroupTests
{
    [Fact]
    public void A_stranger_is_told_that_it_is_prohibited_and_the_other_node_sends_it_nothing()
    {
        var world = new MemoryWorld();
        var alice = world.AddRouter("alice", Preset.Home);
        var mallory = world.AddRouter("mallory", Preset.Home, world.NewGroup("strangers"));
        var camera = alice.AddDevice("camera", isShared: true);
        var spy = mallory.AddDevice("spy");
        world.UntilReady(alice, mallory);
        var between = new List<string>();
        world.Network.Seen += d =>
        {
            if (d.From.Ipv4Address == alice.Site.PublicAddress && d.To.Ipv4Address == mallory.Site.PublicAddress)
            {
                between.Add($"{(DatagramType)d.Bytes[0]}");
            }
        };

        var answer = world.Resolve(spy, camera.Name);
        world.Run(30);

        Assert.Equal(DnsResponseCode.NameError, answer.ResponseCode);
        Assert.Equal(DnsExtendedErrorCode.Prohibited, answer.Edns?.Error?.Code);
        Assert.Empty(between);
        Assert.Equal(0, world.Relay.PayloadPackets);
        Assert.Empty(camera.Arrivals);
        var refusal = Assert.Single(alice.Status.Refusals);
        Assert.Equal(("mallory.ntm.test", "NoCommonGroup"), (refusal.Name, refusal.Reason));
        Assert.Equal(0, alice.SpinningTicks + mallory.SpinningTicks);
    }

    [Fact]
    public void A_node_that_loses_the_group_loses_the_session()
    {
        var pair = new Pair(Preset.Home, Preset.Home).Meet();

        pair.Bob.SetGroups(pair.World.NewGroup("another"));
        pair.World.Run(1);

        Assert.False(pair.World.Echo(pair.Laptop, pair.AsLaptopSees, port: 1001));
        Assert.Equal(DnsExtendedErrorCode.Prohibited, pair.World.Resolve(pair.Laptop, pair.Camera.Name).Edns?.Error?.Code);
    }

    [Fact]
    public void A_device_that_is_not_shared_is_prohibited_too()
    {
        var pair = new Pair(Preset.Home, Preset.Home);
        var safe = pair.Bob.AddDevice("safe");
        pair.Meet();

        var answer = pair.World.Resolve(pair.Laptop, safe.Name);

        Assert.Equal(DnsResponseCode.NameError, answer.ResponseCode);
        Assert.Empty(safe.Arrivals);
    }
}
