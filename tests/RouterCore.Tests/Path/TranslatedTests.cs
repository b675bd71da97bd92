using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.RouterCore.Translation;

namespace NTMobile.RouterCore.Tests.Path;

/// <summary>Packets on a lane: what goes translated and what by tunnel, how it arrives, and what is refused.</summary>
public sealed class TranslatedTests
{
    private const uint Device = Side.DeviceAddress;
    private const int Many = 10_000;

    public static TheoryData<string, bool> Kinds => new()
    {
        { "udp", true }, { "udp", false }, { "tcp", true }, { "super tcp", true }, { "super tcp", false },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_sent_arrives_and_nothing_is_allocated(string kind, bool enciphers)
    {
        var pair = new RouterPair();
        var (packet, hints) = Packet(kind, pair.Alice.Virtual);
        _ = new TranslatedPair(pair, packet[Ipv4.ProtocolAt], enciphers);
        var (wire, lan) = (new PacketQueue(), new FrameCount());
        Walk(200);
        lan.Clear();
        var count = kind == "super tcp" ? Many / 40 : Many;

        Assert.Equal((0L, 0L), Walk(count));
        Assert.Equal((0, 0), (pair.Alice.Dropped + pair.Bob.Dropped, wire.Datagrams));
        Assert.Equal((long)count * (packet.Length - 20), lan.PayloadBytes - ((long)(lan.SegmentHeaders - count) * 20));

        (long Out, long In) Walk(int times)
        {
            var buffer = new byte[LanPacket.Headroom + packet.Length];
            long outbound = 0, inbound = 0;
            for (var i = 0; i < times; i++)
            {
                packet.CopyTo(buffer, LanPacket.Headroom);
                var before = GC.GetAllocatedBytesForCurrentThread();
                var taken = new LanPacket { Buffer = buffer, Start = LanPacket.Headroom, Length = packet.Length, Hints = hints };
                pair.Alice.Router.FromLan(ref taken, pair.Alice.FromLan, wire);
                var between = GC.GetAllocatedBytesForCurrentThread();
                wire.GiveTo(pair.Bob, lan);
                inbound += GC.GetAllocatedBytesForCurrentThread() - between;
                outbound += between - before;
            }

            return (outbound, inbound);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_packet_keeps_its_length_and_arrives_as_if_it_had_come_by_tunnel(bool enciphers)
    {
        var pair = new RouterPair();
        _ = new TranslatedPair(pair, IpProtocol.Udp, enciphers);
        var packet = Make.WithHeader(Make.Udp(Device, pair.Alice.Virtual, 1000, 7, Make.Bytes(1472)), timeToLive: 60, tos: 2);
        var wire = new PacketQueue();
        Send(pair.Alice, packet, wire);

        var sent = Assert.Single(wire.Packets).ToArray();
        Assert.Equal(1500, sent.Length);
        Assert.True(Ipv4.TryRead(sent, out var ip));
        Assert.Equal((TranslatedPair.AliceAt, TranslatedPair.BobAt, (byte)59, (byte)2), (ip.Source, ip.Destination, ip.TimeToLive, ip.Tos));
        Assert.Equal(TranslatedPair.AlicePort, BinaryPrimitives.ReadUInt16BigEndian(ip.Payload));
        Assert.Equal(enciphers, !ip.Payload[8..].SequenceEqual(packet.AsSpan(28)));
        pair.Bob.Receive(wire.Memory, wire.GiveTo);
        var arrived = Assert.Single(pair.Bob.Delivered);
        Assert.Equal(Make.WithHeader(Make.Udp(pair.Bob.Virtual, Device, 1000, 7, Make.Bytes(1472)), timeToLive: 59, tos: 2), arrived);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("syn")]
    [InlineData("fin")]
    [InlineData("acknowledgement")]
    [InlineData("wrong checksum")]
    [InlineData("no checksum")]
    [InlineData("too long")]
    [InlineData("fragment")]
    [InlineData("ip options")]
    [InlineData("echo")]
    [InlineData("another port")]
    public void These_go_by_tunnel(string kind)
    {
        var pair = new RouterPair();
        foreach (var protocol in (byte[])[IpProtocol.Udp, IpProtocol.Tcp])
        {
            _ = new TranslatedPair(pair, protocol);
        }

        var wire = new PacketQueue();
        Send(pair.Alice, Refused(kind, pair.Alice.Virtual), wire);
        Assert.Empty(wire.Packets);
        Assert.Equal((kind == "too long" ? 2 : 1, 0), (wire.Datagrams, pair.Alice.Dropped));
    }

    [Fact]
    public void Devices_that_speak_ipv6_have_no_lane()
    {
        var pair = new RouterPair(Six.Alice, null);
        _ = new TranslatedPair(pair, IpProtocol.Udp);
        var wire = new PacketQueue();
        Send(pair.Alice, Six.From(Make.Udp(Device, pair.Alice.Virtual, 1000, 7, Make.Bytes(100)), Six.Alice.Local, Six.Alice.Virtual), wire);
        Assert.Empty(wire.Packets);
        Assert.Equal(1, wire.Datagrams);
    }

    [Theory]
    [InlineData(30, DropReason.TranslationForged)] // payload
    [InlineData(26, DropReason.TranslationForged)] // checksum
    [InlineData(12, DropReason.TranslatedElsewhere)] // source address
    [InlineData(21, DropReason.TranslatedElsewhere)] // source port
    public void What_was_changed_or_comes_from_elsewhere_is_dropped(int at, DropReason reason)
    {
        foreach (var enciphers in (bool[])[true, false])
        {
            var pair = new RouterPair();
            var lanes = new TranslatedPair(pair, IpProtocol.Udp, enciphers);
            var wire = new PacketQueue();
            Send(pair.Alice, Make.Udp(Device, pair.Alice.Virtual, 1000, 7, Make.Bytes(100)), wire);
            wire.Packets[0].Span[at] ^= 4;
            pair.Bob.Receive(wire.Memory, wire.GiveTo);
            Assert.Empty(pair.Bob.Delivered);
            Assert.Equal(1, pair.Bob.Router.Drops[reason]);
            Assert.Equal(reason == DropReason.TranslationForged ? 1 : 0, lanes.Bob.Path.Forged);
        }
    }

    [Fact]
    public void What_is_not_shared_is_not_delivered()
    {
        var pair = new RouterPair(SharedPorts.Nothing);
        _ = new TranslatedPair(pair, IpProtocol.Udp);
        var wire = new PacketQueue();
        Send(pair.Alice, Make.Udp(Device, pair.Alice.Virtual, 1000, 7, Make.Bytes(100)), wire);
        pair.Bob.Receive(wire.Memory, wire.GiveTo);
        Assert.Empty(pair.Bob.Delivered);
        Assert.Equal(1, pair.Bob.Router.Drops[DropReason.NotShared]);
    }

    [Fact]
    public void A_port_without_a_lane_is_none_of_the_routers_business()
    {
        var pair = new RouterPair();
        _ = new TranslatedPair(pair, IpProtocol.Udp);
        byte[] packet = Make.Udp(TranslatedPair.AliceAt, TranslatedPair.BobAt, TranslatedPair.AlicePort, TranslatedPair.BobPort + 1, Make.Bytes(100));
        foreach (var length in new[] { packet.Length, 27, 20, 3, 0 })
        {
            var run = new ReceivedRun(packet, packet.Length, default, 1, 0);
            Assert.False(pair.Bob.Router.FromTranslated(in run, 0, length, false, pair.Bob.FromWire, new FrameCount()));
        }
    }

    private static void Send(Side side, byte[] packet, PacketQueue wire)
    {
        var buffer = new byte[LanPacket.Headroom + packet.Length];
        packet.CopyTo(buffer, LanPacket.Headroom);
        var lan = new LanPacket { Buffer = buffer, Start = LanPacket.Headroom, Length = packet.Length };
        side.Router.FromLan(ref lan, side.FromLan, wire);
    }

    private static (byte[] Packet, PacketHints Hints) Packet(string kind, uint to) => kind switch
    {
        "udp" => (Make.Udp(Device, to, 1000, 7, Make.Bytes(1400)), PacketHints.None),
        "tcp" => (Make.Tcp(Device, to, 1000, 7, Make.Bytes(1400)), PacketHints.None),
        _ => (Make.Partial(Make.Tcp(Device, to, 1000, 7, Make.Bytes(60_000))), PacketHints.PartialChecksum),
    };

    private static byte[] Refused(string kind, uint to)
    {
        var udp = Make.Udp(Device, to, 1000, 7, Make.Bytes(100));
        switch (kind)
        {
            case "short":
                return Make.Udp(Device, to, 1000, 7, Make.Bytes(15));
            case "syn":
                return Make.Tcp(Device, to, 1000, 7, Make.Bytes(100), TcpFlags.Syn);
            case "fin":
                return Make.Tcp(Device, to, 1000, 7, Make.Bytes(100), TcpFlags.Fin | TcpFlags.Ack);
            case "acknowledgement":
                return Make.Tcp(Device, to, 1000, 7, []);
            case "wrong checksum":
                udp[^1] ^= 1;
                return udp;
            case "no checksum":
                udp.AsSpan(26, 2).Clear();
                return udp;
            case "too long":
                return Make.WithHeader(Make.Udp(Device, to, 1000, 7, Make.Bytes(1473)), dontFragment: false);
            case "fragment":
                return Make.Fragments(udp, 48).First;
            case "ip options":
                return Make.WithIpOptions(udp);
            case "echo":
                return Make.Echo(Device, to, 1, Make.Bytes(56));
            default:
                return Make.Udp(Device, to, 1001, 7, Make.Bytes(100));
        }
    }
}
