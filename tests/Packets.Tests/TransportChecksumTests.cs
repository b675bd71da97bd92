using System.Buffers.Binary;
using CsCheck;
using Xunit;

namespace NTMobile.Packets.Tests;

public sealed class TransportChecksumTests
{
    // A DNS query as captured: 192.168.8.50 to 192.168.8.1.
    private const string DnsQuery =
        "450000390000400040117a000a0000010a000002" + "c00000350025" + "0000" + "12340100000100000000000003777777076578616d706c6503636f6d0000010001";

    [Fact]
    public void A_completed_packet_is_right()
    {
        var packet = Convert.FromHexString(DnsQuery);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), (ushort)(packet.Length - 20));
        Assert.True(TransportChecksum.Complete(packet));
        Assert.True(TransportChecksum.IsRight(packet));
        packet[^1] ^= 1;
        Assert.False(TransportChecksum.IsRight(packet));
    }

    [Fact]
    public void Any_TCP_packet_with_a_partial_checksum_can_be_completed() =>
        Gen.Select(Gen.UInt, Gen.UInt, Gen.Byte.Array[20, 1480]).Sample((source, destination, segment) =>
        {
            var packet = new byte[20 + segment.Length];
            Ipv4.Write(packet, source, destination, IpProtocol.Tcp, segment.Length);
            segment.CopyTo(packet, 20);
            packet[32] = 0x50;
            return TransportChecksum.Complete(packet) && TransportChecksum.IsRight(packet);
        });

    [Fact]
    public void IPv6_packets_are_completed_behind_their_extension_headers()
    {
        // Destination options (8 bytes of padding), then UDP.
        var packet = new byte[40 + 8 + 12];
        packet[0] = 0x60;
        packet[5] = 20;
        packet[6] = IpProtocol.DestinationOptions;
        packet[40] = IpProtocol.Udp;
        packet[42] = 1;
        packet[43] = 4;
        packet[53] = 12;
        Assert.True(TransportChecksum.Complete(packet));
        Assert.True(TransportChecksum.IsRight(packet));
        Assert.NotEqual(0, packet[54]);
    }

    [Fact]
    public void A_UDP_checksum_is_never_written_as_zero()
    {
        // The two payload bytes make the sum 0xFFFF, whose complement would say "no checksum".
        var packet = new byte[20 + 8 + 2];
        Ipv4.Write(packet, 0, 0, IpProtocol.Udp, 10);
        Udp.Write(packet.AsSpan(20), 0, 0, 0, 0);
        var sum = Checksum.Sum([.. packet[20..26], 0, 0], Checksum.PseudoHeader(0u, 0u, IpProtocol.Udp, 10));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(28), (ushort)(0xFFFF - sum));
        Assert.True(TransportChecksum.Complete(packet));
        Assert.Equal(0xFFFF, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(26)));
    }

    [Fact]
    public void Fragments_and_protocols_without_a_checksum_are_left_alone()
    {
        var packet = new byte[20 + 20];
        Ipv4.Write(packet, 1, 2, IpProtocol.Tcp, 20);
        packet[Ipv4.FragmentAt] = 0x20;
        Assert.False(TransportChecksum.Complete(packet));
        Ipv4.Write(packet, 1, 2, 47, 20);
        Assert.False(TransportChecksum.Complete(packet));
        Assert.False(TransportChecksum.Complete([1, 2, 3]));
    }
}
