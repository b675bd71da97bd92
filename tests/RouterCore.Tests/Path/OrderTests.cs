using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Tests.Support;

namespace NTMobile.RouterCore.Tests.Path;

/// <summary>Packets that had to wait at the node are not overtaken by those behind them, whenever these come: every step of the node between two packets.</summary>
public sealed class OrderTests
{
    private readonly RouterPair _pair = new();

    private Side Alice => _pair.Alice;

    private Side Bob => _pair.Bob;

    [Fact]
    public void What_comes_while_the_node_has_a_packet_of_the_loop_goes_to_the_node_too()
    {
        Alice.Context.Accepted = false;
        Send();
        Alice.Context.Accepted = true;
        Alice.Context.Open(0);

        Send();
        Assert.Equal(2, Alice.Told.OfType<PacketHeld>().Count());
        Assert.Empty(Alice.Wire.Runs);

        Alice.FromLan.WaitsForPaths = true;
        Assert.Equal(Outcome.Later, Alice.Send(Packet()));

        Alice.Told.ForEach(t => t.GivenBy!.HasGone());
        Send();
        Assert.Single(Alice.Wire.Runs);
    }

    [Fact]
    public void Before_what_waited_has_been_sent_nothing_else_is()
    {
        Alice.Context.Close();
        Alice.FromLan.WaitsForPaths = true;
        Assert.Equal(Outcome.Later, Alice.Send(Packet()));
        Alice.FromLan.HaveWaited = true;
        Send();
        Assert.Single(Alice.Wire.Runs);

        Alice.FromLan.HaveWaited = false;
        Assert.Equal(Outcome.Later, Alice.Send(Packet()));
        Alice.Context.Open(0);
        Assert.Equal(Outcome.Consumed, Alice.Send(Packet()));
    }

    [Fact]
    public void A_context_that_has_long_been_open_waits_for_nobody_elses_packets()
    {
        Alice.Context.Open(0);
        Alice.Send(Make.Udp(Side.DeviceAddress, 0xC612_1234, 1, 2, "x"u8));
        Alice.FromLan.NowMs = 1000;
        Send();
        Assert.Single(Alice.Wire.Runs);
    }

    [Fact]
    public void A_packet_that_a_busy_node_refused_holds_up_nothing()
    {
        Alice.IsNodeBusy = true;
        Alice.Send(Make.Udp(Side.DeviceAddress, 0xC612_1234, 1, 2, "x"u8));
        Assert.False(Alice.FromLan.HasGiven);
    }

    [Fact]
    public void Datagrams_behind_those_that_came_before_their_session_take_the_same_way_round()
    {
        var path = Alice.Session.Active!.PathId;
        Bob.Tables.SetPath(path, new ReceivePath(null, this)); // bob's node has not handled the handshake yet
        Give("1");
        Bob.Tables.SetPath(path, Bob.Session);
        Give("2");
        Assert.Empty(Bob.Delivered);

        Bob.FromWire.HaveWaited = true;
        foreach (var waited in Bob.Told.Cast<DatagramReceived>().ToArray())
        {
            Bob.Receive(waited.Datagram, waited.Datagram.Length, waited.From);
            waited.GivenBy!.HasGone();
        }

        Bob.FromWire.HaveWaited = false;
        Give("3");
        Assert.Equal("123", string.Concat(Bob.Delivered.Select(p => (char)p[^1])));
    }

    private static byte[] Packet() => Make.Udp(Side.DeviceAddress, 0xC612_0042, 1, 2, "x"u8);

    private void Send() => Assert.Equal(Outcome.Consumed, Alice.Send(Packet()));

    private void Give(string text)
    {
        Alice.Wire.Clear();
        Alice.Send(Make.Udp(Side.DeviceAddress, Alice.Virtual, 1, 2, System.Text.Encoding.ASCII.GetBytes(text)));
        var (_, bytes, size) = Assert.Single(Alice.Wire.Runs);
        Bob.Receive(bytes, size, Endpoint.FromIpv4(0xCB00_7101, 40000));
    }
}
