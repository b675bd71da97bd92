using NTMobile.Packets;
using NTMobile.Security.Pccom;

namespace NTMobile.Security.Tests.Pccom;

public sealed class PccomNatTests
{
    private const int Rewritings = 10;

    [Theory]
    [InlineData(true, 1460)]
    [InlineData(true, 16)]
    [InlineData(true, 333)]
    [InlineData(false, 1472)]
    [InlineData(false, 16)]
    [InlineData(false, 333)]
    public void Ten_rewritings_of_addresses_and_ports_are_survived(bool tcp, int payload)
    {
        using var pair = new PccomPair();
        var (dice, packet) = (new Dice((ulong)payload), new WirePacket());
        for (var i = 0; i < 500; i++)
        {
            Fill(packet, ref dice, tcp, payload);
            var plain = packet.Transport.ToArray();
            var length = packet.Length;
            pair.Protect(packet);
            for (var hop = 0; hop < Rewritings; hop++)
            {
                Nat.Rewrite(packet, ref dice, old: dice.Below(2) == 0);
            }

            Assert.Equal(length, packet.Length);
            Assert.Equal(PccomRefusal.None, pair.Open(packet));
            Assert.Equal(plain[packet.PayloadAt..], packet.Transport[packet.PayloadAt..].ToArray());
            Assert.Equal(ushort.MaxValue, packet.Sum); // an ordinary checksum under the new addresses and ports
        }
    }

    [Fact]
    public void A_nat_between_ipv6_and_ipv4_is_survived()
    {
        using var pair = new PccomPair();
        var (dice, packet) = (new Dice(9), new WirePacket());
        for (var i = 0; i < 500; i++)
        {
            Fill(packet, ref dice, tcp: i % 2 == 0, 100);
            var six = Checksum.PseudoHeader(Wide(ref dice), Wide(ref dice), packet.Protocol, packet.Length);
            Assert.True(pair.Initiator.Sending.TryProtect(packet.Transport, packet.Protocol, six, 0, partialChecksum: true, out _));
            packet.Field = Checksum.Apply(packet.Field, Checksum.Delta(six, packet.Pseudo));
            Assert.True(pair.Responder.Receiving.TryOpen(packet.Transport, packet.Protocol, packet.Pseudo, 0, out _));
        }

        static UInt128 Wide(ref Dice dice) => new(dice.Next(), dice.Next());
    }

    [Fact]
    public void Udp_is_never_sent_with_the_zero_that_says_there_is_no_checksum()
    {
        using var pair = new PccomPair();
        var (dice, packet) = (new Dice(10), new WirePacket());
        var other = 0;
        for (var i = 0; i < 400_000; i++)
        {
            packet.FillUdp(ref dice, 16);
            pair.Protect(packet);
            Assert.NotEqual(0, packet.Field);
            if (packet.Field == ushort.MaxValue)
            {
                other++;
                Assert.Equal(PccomRefusal.None, pair.Open(packet));
            }
        }

        Assert.InRange(other, 1, 30);
    }

    [Fact]
    public void A_nat_that_writes_the_other_zero_is_survived()
    {
        using var pair = new PccomPair();
        var (dice, packet) = (new Dice(11), new WirePacket());
        var zeros = 0;
        for (var i = 0; i < 400_000; i++)
        {
            packet.FillTcp(ref dice, 0, 16);
            pair.Protect(packet);
            if (packet.Field is 0 or ushort.MaxValue)
            {
                zeros++;
                packet.Field = (ushort)~packet.Field;
                Assert.Equal(PccomRefusal.None, pair.Open(packet));
            }
        }

        Assert.InRange(zeros, 1, 30);
    }

    private static void Fill(WirePacket packet, ref Dice dice, bool tcp, int payload)
    {
        if (tcp)
        {
            packet.FillTcp(ref dice, 0, payload);
        }
        else
        {
            packet.FillUdp(ref dice, payload);
        }
    }
}
