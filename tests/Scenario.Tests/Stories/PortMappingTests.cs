using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>A gateway that opens a port by a protocol of its own.</summary>
public sealed class PortMappingTests
{
    [Theory]
    [InlineData("symmetric")]
    [InlineData("symseq")]
    [InlineData("home")]
    public void Who_is_behind_a_strict_NAT_is_reached_directly_through_the_open_port(string other)
    {
        var pair = new Pair(Preset.Symmetric, Preset.Of(other));
        var outside = pair.Alice.Site.Nat.Open(pair.Alice.Local);
        pair.Alice.Tell(new PortMappingsChanged([outside]));
        Assert.Equal([outside], pair.Alice.Status.OfferedMappings);
        pair.Meet();
        Assert.False(pair.AtAlice.Path!.IsRelay);
        Assert.False(pair.AtBob.Path!.IsRelay);
        Assert.Equal(outside, pair.AtBob.Path.Remote);
        Assert.True(pair.World.Echo(pair.Laptop, pair.AsLaptopSees));
    }

    [Fact]
    public void A_port_that_opens_later_takes_a_running_session_off_the_relay_without_a_lost_packet()
    {
        var pair = new Pair(Preset.Symmetric, Preset.Symmetric).Meet();
        Assert.True(pair.AtAlice.Path!.IsRelay);
        var (there, back) = pair.Talk();
        pair.World.Run(1);
        pair.Alice.Tell(new PortMappingsChanged([pair.Alice.Site.Nat.Open(pair.Alice.Local)]));
        pair.World.Run(2);
        there.Stop();
        back.Stop();
        pair.World.Run(1);
        Assert.False(pair.AtAlice.Path!.IsRelay);
        Assert.False(pair.AtBob.Path!.IsRelay);
        Assert.Equal(0, there.Lost + back.Lost);
    }

    [Fact]
    public void An_address_at_which_no_server_sees_us_is_told_to_nobody()
    {
        var pair = new Pair(Preset.Symmetric, Preset.Symmetric);
        var elsewhere = pair.World.Network.NewSite(Preset.Cloud);
        var victim = elsewhere.NewAddress(40_000);
        var hits = 0;
        elsewhere.Attach(in victim, (_, _) => hits++);
        pair.Alice.Tell(new PortMappingsChanged([victim, Endpoint.Parse("10.0.0.1:4330")]));
        Assert.Empty(pair.Alice.Status.OfferedMappings);
        pair.Meet();
        Assert.True(pair.AtAlice.Path!.IsRelay);
        Assert.Equal(0, hits);
    }

    [Fact]
    public void After_a_move_the_port_of_the_former_place_is_told_to_nobody()
    {
        var pair = new Pair(Preset.Symmetric, Preset.Symmetric);
        var outside = pair.Alice.Site.Nat.Open(pair.Alice.Local);
        pair.Alice.Tell(new PortMappingsChanged([outside]));
        pair.Alice.MoveTo(pair.World.Network.NewSite(Preset.Symmetric));
        pair.World.Run(2);
        Assert.Empty(pair.Alice.Status.OfferedMappings);
        pair.Alice.MoveTo(pair.World.Network.NewSite(Preset.Cloud));
        pair.World.Run(2);
        Assert.Empty(pair.Alice.Status.OfferedMappings);
    }
}
