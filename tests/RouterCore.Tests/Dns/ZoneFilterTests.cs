using NTMobile.RouterCore.Tests.Support;
using NTMobile.Wire.Dns;

namespace NTMobile.RouterCore.Tests.Dns;

/// <summary>Only queries for devices in the zone are answered by the router; all other DNS goes on untouched.</summary>
public sealed class ZoneFilterTests
{
    private const uint Resolver = 0x0808_0808;
    private readonly Side _router = new RouterPair().Alice;

    [Theory]
    [InlineData("camera.bob.ntm.test", true)]
    [InlineData("CAMERA.Bob.NTM.tesT", true)]
    [InlineData("a.camera.bob.ntm.test", true)]
    [InlineData("bob.ntm.test", false)] // the provider's own: public DNS answers
    [InlineData("ds.ntm.test", false)]
    [InlineData("ntm.test", false)]
    [InlineData("test", false)]
    [InlineData("www.example.com", false)]
    [InlineData("camera.bob.xntm.test", false)]
    [InlineData("camera.bob.ntm.test.example.com", false)]
    [InlineData("camera.bob.ntm.testx", false)]
    [InlineData("7.0.18.198.in-addr.arpa", true)]
    [InlineData("7.0.18.198.IN-ADDR.ARPA", true)]
    [InlineData("0.18.198.in-addr.arpa", true)]
    [InlineData("18.198.in-addr.arpa", false)]
    [InlineData("7.0.20.198.in-addr.arpa", false)]
    [InlineData("8.8.8.8.in-addr.arpa", false)]
    [InlineData("7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.4.5.e.4.d.f.ip6.arpa", true)]
    [InlineData("7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", false)]
    public void Names_of_devices_in_the_zone_and_of_virtual_addresses_are_taken(string name, bool taken)
    {
        var outcome = _router.Send(Query(name));
        Assert.Equal(taken ? Outcome.Consumed : Outcome.Accept, outcome);
        Assert.Equal(taken ? 1 : 0, _router.Told.OfType<DnsQueried>().Count());
    }

    [Fact]
    public void A_packet_that_goes_on_is_not_touched()
    {
        var query = Query("www.example.com");
        byte[] before = [.. query];
        var buffer = new byte[LanPacket.Headroom + query.Length];
        query.CopyTo(buffer, LanPacket.Headroom);
        var packet = new LanPacket { Buffer = buffer, Start = LanPacket.Headroom, Length = query.Length };
        Assert.Equal(Outcome.Accept, _router.Router.FromLan(ref packet, _router.FromLan, _router.Wire));
        Assert.Equal(before, packet.Bytes);
    }

    [Fact]
    public void Answers_other_ports_and_other_operations_go_on()
    {
        var message = Message("camera.bob.ntm.test");
        byte[] answer = [.. message], update = [.. message], two = [.. message];
        answer[2] |= 0x80;
        update[2] |= 0x28;
        two[5] = 2;
        byte[][] packets =
        [
            Make.Udp(Side.DeviceAddress, Resolver, 5353, 53, answer),
            Make.Udp(Side.DeviceAddress, Resolver, 5353, 53, update),
            Make.Udp(Side.DeviceAddress, Resolver, 5353, 53, two),
            Make.Udp(Side.DeviceAddress, Resolver, 5353, 54, message),
            Make.Tcp(Side.DeviceAddress, Resolver, 5353, 53, message),
        ];
        Assert.All(packets, p => Assert.Equal(Outcome.Accept, _router.Send(p)));
        Assert.Empty(_router.Told);
    }

    [Fact]
    public void No_message_however_cut_or_damaged_does_harm()
    {
        var message = Message("camera.bob.ntm.test");
        for (var length = 0; length < message.Length; length++)
        {
            _router.Send(Make.Udp(Side.DeviceAddress, Resolver, 5353, 53, message.AsSpan(0, length)));
        }

        for (var bit = 0; bit < message.Length * 8; bit++)
        {
            byte[] damaged = [.. message];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            _router.Send(Make.Udp(Side.DeviceAddress, Resolver, 5353, 53, damaged));
        }

        Assert.Equal(0, _router.Dropped);
    }

    private static byte[] Query(string name) => Make.Udp(Side.DeviceAddress, Resolver, 5353, 53, Message(name));

    private static byte[] Message(string name)
    {
        var message = new byte[512];
        var length = DnsMessage.Query(1, name, DnsType.A, recursionDesired: true).Write(message);
        return message[..length];
    }
}
