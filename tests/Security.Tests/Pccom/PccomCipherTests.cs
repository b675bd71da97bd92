using NTMobile.Packets;
using NTMobile.Security.Pccom;

namespace NTMobile.Security.Tests.Pccom;

public sealed class PccomCipherTests
{
    private static readonly int[] Payloads = [16, 17, 31, 32, 33, 100, 543, 1399, 1400, 1452];

    public static TheoryData<bool> BackEnds => [false, true];

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Tcp_with_options_of_every_length_comes_through(bool portable)
    {
        using var pair = new PccomPair(portable);
        var (dice, packet) = (new Dice(1), new WirePacket());
        for (var options = 0; options <= 40; options += 4)
        {
            foreach (var payload in Payloads)
            {
                packet.FillTcp(ref dice, options, payload);
                ComesThrough(pair, packet);
            }
        }
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Udp_comes_through(bool portable)
    {
        using var pair = new PccomPair(portable);
        var (dice, packet) = (new Dice(2), new WirePacket());
        foreach (var payload in Payloads)
        {
            packet.FillUdp(ref dice, payload);
            ComesThrough(pair, packet);
        }
    }

    [Fact]
    public void Every_flag_that_data_may_have_comes_through_with_its_urgent_pointer_and_reserved_bits()
    {
        using var pair = new PccomPair();
        var (dice, packet) = (new Dice(3), new WirePacket());
        const TcpFlags Tunnel = TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst;
        for (var flags = 0; flags < 256; flags++)
        {
            packet.FillTcp(ref dice, 12, 20);
            packet.Transport[Tcp.FlagsAt] = (byte)(flags & ~(int)Tunnel);
            packet.Transport[Tcp.HeaderWordsAt] |= (byte)(flags & 0x0F);
            packet.Complete();
            ComesThrough(pair, packet);
        }
    }

    [Fact]
    public void Both_back_ends_send_the_same_bytes()
    {
        using PccomPair fast = new(), portable = new(portable: true);
        var packet = new WirePacket();
        for (var seed = 0UL; seed < 200; seed++)
        {
            Assert.Equal(Sent(fast, seed), Sent(portable, seed));
        }

        byte[] Sent(PccomPair pair, ulong seed)
        {
            var dice = new Dice(seed);
            packet.FillTcp(ref dice, 4 * dice.Below(11), 16 + dice.Below(1400));
            pair.Protect(packet);
            return packet.Transport.ToArray();
        }
    }

    [Fact]
    public void Another_field_another_flow_and_the_other_direction_make_another_ciphertext()
    {
        using var pair = new PccomPair();
        HashSet<string> seen = [];
        int[] offsets = [Tcp.SequenceAt, Tcp.AcknowledgementAt, Tcp.WindowAt, Tcp.WindowAt + 4, Tcp.MinimumHeaderLength, Tcp.MinimumHeaderLength + 11];
        foreach (var offset in offsets)
        {
            Assert.True(seen.Add(Ciphertext(pair.Initiator.Sending, offset, 0)));
        }

        Assert.True(seen.Add(Ciphertext(pair.Initiator.Sending, -1, 0)));
        Assert.True(seen.Add(Ciphertext(pair.Initiator.Sending, -1, 1)));
        Assert.True(seen.Add(Ciphertext(pair.Responder.Sending, -1, 0)));
        Assert.False(seen.Add(Ciphertext(pair.Initiator.Sending, 0, 0))); // the source port is a NAT's

        static string Ciphertext(PccomCipher cipher, int changed, uint flow)
        {
            var (dice, packet) = (new Dice(4), new WirePacket());
            packet.FillTcp(ref dice, 12, 32);
            if (changed >= 0)
            {
                packet.Transport[changed] ^= 1;
            }

            Assert.True(cipher.TryProtect(packet.Transport, packet.Protocol, packet.Pseudo, flow, partialChecksum: true, out _));
            return Convert.ToHexString(packet.Transport[packet.PayloadAt..]);
        }
    }

    [Fact]
    public void A_partial_checksum_is_completed()
    {
        using var pair = new PccomPair();
        var (dice, packet) = (new Dice(5), new WirePacket());
        packet.FillTcp(ref dice, 12, 100);
        var complete = packet.Transport.ToArray();
        packet.Field = packet.Pseudo;
        Assert.True(pair.Initiator.Sending.TryProtect(packet.Transport, packet.Protocol, packet.Pseudo, PccomPair.Flow, partialChecksum: true, out _));
        Assert.Equal(PccomRefusal.None, pair.Open(packet));
        Assert.Equal(complete, packet.Transport.ToArray());
    }

    [Fact]
    public void Udp_without_a_checksum_arrives_with_one()
    {
        using var pair = new PccomPair();
        var (dice, packet) = (new Dice(6), new WirePacket());
        packet.FillUdp(ref dice, 100);
        var complete = packet.Transport.ToArray();
        packet.Field = 0;
        pair.Protect(packet);
        Assert.Equal(PccomRefusal.None, pair.Open(packet));
        Assert.Equal(complete, packet.Transport.ToArray());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public void Allocates_nothing_per_packet(bool portable)
    {
        using var pair = new PccomPair(portable);
        var (dice, packet) = (new Dice(7), new WirePacket());
        packet.FillTcp(ref dice, 12, 1400);
        Run(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(200);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                pair.Initiator.Sending.TryProtect(packet.Transport, packet.Protocol, packet.Pseudo, 0, partialChecksum: false, out _);
                pair.Responder.Receiving.TryOpen(packet.Transport, packet.Protocol, packet.Pseudo, 0, out _);
            }
        }
    }

    [Fact]
    public void A_disposed_session_refuses_to_work()
    {
        var pair = new PccomPair();
        var (dice, packet) = (new Dice(8), new WirePacket());
        packet.FillTcp(ref dice, 12, 100);
        pair.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pair.Protect(packet));
        Assert.Throws<ObjectDisposedException>(() => pair.Open(packet));
        Assert.Throws<ArgumentException>(() => new PccomSession(new byte[31], initiator: true));
    }

    // Only payload and checksum change on the way, the length does not, and the whole segment comes back.
    private static void ComesThrough(PccomPair pair, WirePacket packet)
    {
        var before = packet.Transport.ToArray();
        pair.Protect(packet);
        var sent = packet.Transport.ToArray();
        Assert.Equal(before.Length, sent.Length);
        Assert.Equal(before[..packet.ChecksumAt], sent[..packet.ChecksumAt]);
        Assert.Equal(before[(packet.ChecksumAt + 2)..packet.PayloadAt], sent[(packet.ChecksumAt + 2)..packet.PayloadAt]);
        Assert.NotEqual(before[packet.PayloadAt..], sent[packet.PayloadAt..]);
        Assert.Equal(PccomRefusal.None, pair.Open(packet));
        Assert.Equal(before, packet.Transport.ToArray());
    }
}
