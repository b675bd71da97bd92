using NTMobile.RouterCore.Peers;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Tests.Peers;

public sealed class PeerLinkTests
{
    private const uint Virtual = 0xC612_0005;
    private static readonly LanDevice Camera = new("camera", Side.DeviceAddress);
    private readonly NodeBench _bench = new();

    [Fact]
    public void What_a_peer_asked_for_carries_nothing_out_before_the_peer_has_spoken()
    {
        var link = NewLink();
        Assert.Null(_bench.Tables.Outbound(Camera.Address, Virtual));

        link.OnConfirmed();
        Assert.Same(link.Session.Context(0), _bench.Tables.Outbound(Camera.Address, Virtual));
    }

    [Fact]
    public void The_flows_of_two_devices_go_on_in_the_session_that_follows()
    {
        var one = NewLink();
        one.OnConfirmed();
        _bench.Tables.Outbound(Camera.Address, Virtual)!.Flows.Note(17, 1000, 53, 1);

        var other = NewLink();
        other.OnConfirmed();

        Assert.True(other.Session.Context(0)!.Flows.Answers(17, 1000, 53, 2));
        one.Close(null);
        Assert.Same(other.Session.Context(0), _bench.Tables.Outbound(Camera.Address, Virtual));
    }

    [Fact]
    public void The_session_that_comes_back_into_use_carries_its_contexts_again()
    {
        var (one, other) = (NewLink(), NewLink());
        one.OnConfirmed();
        other.OnConfirmed();

        one.Adopt(other);
        other.Close(null);

        Assert.Same(one.Session.Context(0), _bench.Tables.Outbound(Camera.Address, Virtual));
    }

    [Fact]
    public void A_number_cannot_change_its_meaning()
    {
        var link = NewLink();
        link.Install(Verdict("another"));
        Assert.Equal("laptop", link.Session.Context(0)!.RemoteLabel);
    }

    private PeerLink NewLink()
    {
        var link = _bench.NewLinkByBob(_bench.NewGroup("family"));
        link.Install(Verdict("laptop"));
        return link;
    }

    private static ContextVerdict Verdict(string from) => new(new ContextInstall(0, from, 4, "camera"), Camera, Virtual, null);
}
