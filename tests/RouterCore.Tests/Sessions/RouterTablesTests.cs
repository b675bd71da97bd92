using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tests.Sessions;

public sealed class RouterTablesTests
{
    [Fact]
    public void A_path_id_that_comes_into_use_is_found_though_it_was_looked_for_before()
    {
        var pair = new RouterPair();
        var id = PathId.Of(0x155555, 0);
        byte[] handshake = new byte[HandshakeDatagram.HeaderSize + 100];
        HandshakeDatagram.Write(handshake, DatagramType.HandshakeInit, id, 1, Make.Bytes(100));
        pair.Give([.. handshake]);

        var leg = new ReceivePath(null, this);
        Assert.True(pair.Bob.Tables.TryAddPath(id, leg));
        pair.Give([.. handshake]);

        Assert.Equal([null, leg], pair.Bob.Told.Cast<DatagramReceived>().Select(d => d.Path));
    }

    [Fact]
    public void A_path_id_that_was_taken_back_names_nothing()
    {
        var pair = new RouterPair();
        var packet = Make.Udp(Side.DeviceAddress, pair.Alice.Virtual, 1, 2, "x"u8);
        Assert.Single(pair.ToBob(packet));

        pair.Bob.Tables.SetPath(pair.Alice.Session.Active!.PathId, null);

        Assert.Empty(pair.ToBob(packet));
        Assert.Equal(1, pair.Bob.Router.Drops[DropReason.UnknownPath]);
    }

    [Fact]
    public void A_context_that_another_replaced_cannot_take_the_other_away()
    {
        var pair = new RouterPair();
        var old = pair.Alice.Context;
        var fresh = new FlowContext(pair.Alice.Session, 6, old.Local, old.Virtual, "device", SharedPorts.All);
        pair.Alice.Tables.SetOutbound(fresh);

        pair.Alice.Tables.RemoveOutbound(old);
        Assert.Same(fresh, pair.Alice.Tables.Outbound(old.Local.Address, old.Virtual));

        pair.Alice.Tables.RemoveOutbound(fresh);
        Assert.Null(pair.Alice.Tables.Outbound(old.Local.Address, old.Virtual));
    }

    [Fact]
    public void An_authenticated_packet_from_elsewhere_is_told_and_delivered()
    {
        var pair = new RouterPair();
        pair.Alice.Send(Make.Udp(Side.DeviceAddress, pair.Alice.Virtual, 1, 2, "x"u8));
        var elsewhere = Endpoint.FromIpv4(0xC633_6401, 5);
        var datagram = pair.Alice.Wire.Datagrams.Single();
        byte[] forged = [.. datagram];
        forged[^1] ^= 1;
        pair.Bob.Receive(forged, forged.Length, elsewhere);
        Assert.Empty(pair.Bob.Told); // a forged one moves nothing

        pair.Bob.Receive(datagram, datagram.Length, elsewhere);

        Assert.Single(pair.Bob.Delivered);
        Assert.Equal(elsewhere, Assert.IsType<SourceObserved>(Assert.Single(pair.Bob.Told)).From);
    }
}
