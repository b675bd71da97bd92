using NTMobile.Packets;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.RouterCore.Translation;
using NTMobile.Security.Session;

namespace NTMobile.RouterCore.Tests.Path;

/// <summary>The data path allocates nothing: not a byte in ten thousand packets, whatever ordinary packet it is.</summary>
public sealed class AllocationTests
{
    private const int Packets = 10_000;
    private const int WarmUp = 200;
    private const uint Device = Side.DeviceAddress;

    public static TheoryData<string, CipherSuite> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, CipherSuite>();
            foreach (var kind in new[] { "udp", "small udp", "tcp", "partial tcp", "super tcp", "syn", "echo", "error", "full header", "fragment", "in parts" })
            {
                kinds.Add(kind, CipherSuites.Preferred);
            }

            kinds.Add("udp", CipherSuite.ChaCha20Poly1305);
            kinds.Add("super tcp", CipherSuite.ChaCha20Poly1305);
            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void No_packet_out_and_no_packet_in_allocates(string kind, CipherSuite suite)
    {
        var pair = new RouterPair(suite: suite);
        var (packet, hints) = Packet(kind, pair);
        var wire = new RunQueue();
        var lan = new FrameCount();
        var count = kind == "super tcp" ? Packets / 40 : Packets; // each is more than 40 datagrams
        Walk(pair, packet, hints, wire, lan, WarmUp);
        lan.Clear();

        var (outbound, inbound) = Walk(pair, packet, hints, wire, lan, count);

        Assert.Equal((0L, 0L), (outbound, inbound));
        Assert.Equal(0, pair.Alice.Dropped + pair.Bob.Dropped);
        Assert.Equal((long)count * (packet.Length - 20), lan.PayloadBytes - ((long)(lan.SegmentHeaders - count) * 20));
    }

    [Fact]
    public void A_packet_that_is_refused_allocates_nothing_either()
    {
        var pair = new RouterPair(SharedPorts.Nothing);
        var (packet, hints) = Packet("udp", pair);
        var (wire, lan) = (new RunQueue(), new FrameCount());
        Walk(pair, packet, hints, wire, lan, WarmUp);

        Assert.Equal((0L, 0L), Walk(pair, packet, hints, wire, lan, Packets));
        Assert.Equal(WarmUp + Packets, pair.Bob.Router.Drops[DropReason.NotShared]);
        Assert.Equal(0, lan.PayloadBytes);
    }

    [Fact]
    public void A_packet_that_is_none_of_our_business_allocates_nothing()
    {
        var pair = new RouterPair();
        var (packet, _) = (Make.Udp(Device, 0x0808_0808, 5353, 53, Make.Bytes(40)), 0);
        var (wire, lan) = (new RunQueue(), new FrameCount());
        Walk(pair, packet, PacketHints.None, wire, lan, WarmUp);
        Assert.Equal((0L, 0L), Walk(pair, packet, PacketHints.None, wire, lan, Packets));
    }

    // In batches, as the loops do it: each packet out of a fresh buffer, then all its datagrams in. Returns bytes allocated out and in.
    private static (long Out, long In) Walk(RouterPair pair, byte[] packet, PacketHints hints, RunQueue wire, FrameCount lan, int count)
    {
        var buffer = new byte[LanPacket.Headroom + packet.Length];
        long outbound = 0, inbound = 0;
        for (var i = 0; i < count; i++)
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

    private static (byte[] Packet, PacketHints Hints) Packet(string kind, RouterPair pair)
    {
        var to = pair.Alice.Virtual;
        return kind switch
        {
            "udp" => (Make.Udp(Device, to, 1000, 7, Make.Bytes(1400)), PacketHints.None),
            "small udp" => (Make.Udp(Device, to, 1000, 7, Make.Bytes(20)), PacketHints.None),
            "tcp" => (Make.Tcp(Device, to, 1000, 7, Make.Bytes(1400)), PacketHints.None),
            "partial tcp" => (Make.Partial(Make.Tcp(Device, to, 1000, 7, Make.Bytes(1400))), PacketHints.PartialChecksum),
            "super tcp" => (Make.Partial(Make.Tcp(Device, to, 1000, 7, Make.Bytes(60_000))), PacketHints.PartialChecksum),
            "syn" => (Make.Tcp(Device, to, 1000, 7, [], TcpFlags.Syn, options: [2, 4, 0x05, 0xB4]), PacketHints.None),
            "echo" => (Make.Echo(Device, to, 1, Make.Bytes(56)), PacketHints.None),
            "error" => (Make.Error(Assert.Single(pair.ToAlice(Make.Udp(Device, pair.Bob.Virtual, 7, 1000, Known(pair))))), PacketHints.None),
            "full header" => (Make.Fragments(Make.Udp(Device, to, 1000, 7, Make.Bytes(2000)), 1400).First, PacketHints.None),
            "fragment" => (Make.Fragments(Make.Udp(Device, to, 1000, 7, Make.Bytes(1400)), 800).First, PacketHints.None),
            "in parts" => (Make.WithHeader(Make.Udp(Device, to, 1000, 7, Make.Bytes(4000)), dontFragment: false), PacketHints.None),
            _ => throw new ArgumentException(kind),
        };
    }

    // Bob's device answers a flow of alice's, so that an error about the answer is admitted.
    private static byte[] Known(RouterPair pair)
    {
        pair.ToBob(Make.Udp(Device, pair.Alice.Virtual, 1000, 7, "x"u8));
        return [1, 2, 3];
    }
}
