using NTMobile.Packets;
using NTMobile.RouterCore.Translation;

namespace NTMobile.RouterCore.Tests.Translation;

/// <summary>Flows that went out are remembered so that their answers may come in, and no longer than they should be.</summary>
public sealed class FlowTableTests
{
    [Theory]
    [InlineData(IpProtocol.Tcp, 7440)]
    [InlineData(IpProtocol.Udp, 300)]
    [InlineData(IpProtocol.Icmp, 60)]
    [InlineData(47, 300)]
    public void A_flow_is_forgotten_when_it_was_idle_too_long(byte protocol, uint seconds)
    {
        var table = new FlowTable();
        table.Note(protocol, 1000, 53, 5);
        Assert.True(table.Answers(protocol, 1000, 53, 5 + seconds));
        Assert.False(table.Answers(protocol, 1000, 53, 6 + seconds));

        table.Note(protocol, 1000, 53, 100_000);
        Assert.True(table.Answers(protocol, 1000, 53, 100_000 + seconds));
    }

    [Fact]
    public void Only_the_very_flow_is_answered()
    {
        var table = new FlowTable();
        table.Note(IpProtocol.Udp, 1000, 53, 0);
        Assert.True(table.Answers(IpProtocol.Udp, 1000, 53, 0));
        Assert.False(table.Answers(IpProtocol.Udp, 53, 1000, 0));
        Assert.False(table.Answers(IpProtocol.Udp, 1000, 54, 0));
        Assert.False(table.Answers(IpProtocol.Udp, 1001, 53, 0));
        Assert.False(table.Answers(IpProtocol.Tcp, 1000, 53, 0));
        Assert.False(new FlowTable().Answers(0, 0, 0, 0));
    }

    [Fact]
    public void Time_may_run_over()
    {
        var table = new FlowTable();
        table.Note(IpProtocol.Udp, 1, 2, (1 << 24) - 10);
        Assert.True(table.Answers(IpProtocol.Udp, 1, 2, (1 << 24) + 20));
    }

    [Fact]
    public void A_thousand_flows_are_all_remembered()
    {
        var table = new FlowTable();
        for (ushort port = 0; port < 1000; port++)
        {
            table.Note(IpProtocol.Tcp, port, 443, port);
        }

        Assert.Equal(1000, Enumerable.Range(0, 1000).Count(port => table.Answers(IpProtocol.Tcp, (ushort)port, 443, 1000)));
    }

    [Fact]
    public void A_flood_of_flows_keeps_to_its_bound_and_the_newest_stay()
    {
        var table = new FlowTable();
        const int flows = 60_000;
        for (var flow = 0; flow < flows; flow++)
        {
            table.Note(IpProtocol.Udp, (ushort)flow, 443, (uint)flow / 1000);
        }

        var known = Enumerable.Range(0, flows).Where(flow => table.Answers(IpProtocol.Udp, (ushort)flow, 443, flows / 1000)).ToArray();
        Assert.True(known.Length <= FlowTable.MaximumEntries, $"{known.Length} entries");
        Assert.True(table.Answers(IpProtocol.Udp, flows - 1, 443, flows / 1000));
        Assert.True(known.Length > FlowTable.MaximumEntries / 2, "far fewer than there is room for");
        Assert.True(known.Average() > flows / 2.0, "the old ones give way first");
    }
}
