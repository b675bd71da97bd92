using System.Buffers.Binary;
using CsCheck;
using Xunit;

namespace NTMobile.Packets.Tests;

public sealed class Ipv4TranslationTests
{
    private const uint Device = 0xC0A8_0864, Host = 0xC000_020A, Pool = 0x6448_0001;

    [Theory]
    [InlineData(IpProtocol.Tcp)]
    [InlineData(IpProtocol.Udp)]
    public void Checksums_are_right_after_a_change(byte protocol) =>
        Gen.Select(Gen.UInt, Gen.Bool, Gen.Byte.Array[20, 1480]).Sample((address, ofSource, transport) =>
        {
            var packet = Packet(protocol, transport);
            TransportChecksum.Complete(packet);
            Assert.True(Ipv4Translation.TryChange(packet, ofSource ? Ipv4.SourceAt : Ipv4.DestinationAt, address, partial: false));
            Assert.True(TransportChecksum.IsRight(packet));
            Assert.Equal(0xFFFF, Checksum.Sum(packet.AsSpan(0, Ipv4.MinimumHeaderLength)));
            Assert.True(Ipv4.TryRead(packet, out var ip));
            Assert.Equal(ofSource ? (address, Host) : (Device, address), (ip.Source, ip.Destination));
        });

    [Fact]
    public void A_partial_checksum_is_written_for_the_new_addresses()
    {
        var packet = Packet(IpProtocol.Udp, new byte[100]);
        Assert.True(Ipv4Translation.TryChange(packet, Ipv4.SourceAt, Pool, partial: true));
        Assert.Equal(Udp.ChecksumAt, TransportChecksum.WritePartial(packet));
        Assert.Equal(
            Checksum.PseudoHeader(Pool, Host, IpProtocol.Udp, 100), BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(Ipv4.MinimumHeaderLength + Udp.ChecksumAt)));
        Assert.Equal(0, TransportChecksum.WritePartial(Packet(IpProtocol.Icmp, new byte[100])));
    }

    [Fact]
    public void An_error_quotes_the_packet_as_its_sender_knows_it()
    {
        // The host's error about a packet of the device, as the server sees it: the quoted source is the pool's.
        var sent = Packet(IpProtocol.Udp, [.. Enumerable.Range(1, 60).Select(i => (byte)i)]);
        TransportChecksum.Complete(sent);
        var translated = sent.ToArray();
        Assert.True(Ipv4Translation.TryChange(translated, Ipv4.SourceAt, Pool, partial: false));
        byte[] icmp = [Icmp.DestinationUnreachable, 3, 0, 0, 0, 0, 0, 0, .. translated];
        Icmp.WriteChecksum(icmp);
        var error = Packet(IpProtocol.Icmp, icmp, Host, Pool);

        Assert.True(Ipv4Translation.TryChange(error, Ipv4.DestinationAt, Device, partial: false));
        Assert.Equal(sent, error[(Ipv4.MinimumHeaderLength + Icmp.HeaderLength)..]);
        Assert.Equal(0xFFFF, Checksum.Sum(error.AsSpan(Ipv4.MinimumHeaderLength)));
    }

    [Fact]
    public void What_is_no_packet_is_refused() =>
        Gen.Byte.Array[0, 80].Sample(bytes => Ipv4Translation.TryChange(bytes, Ipv4.SourceAt, Pool, partial: false) || true);

    [Theory]
    [InlineData(28)]
    [InlineData(576)]
    [InlineData(1447)]
    [InlineData(4000)]
    public void The_parts_of_a_packet_make_the_whole(int largest)
    {
        var packet = Packet(IpProtocol.Udp, [.. Enumerable.Range(0, 3333).Select(i => (byte)i)]);
        var whole = new List<byte>();
        var part = new byte[largest];
        var parts = new Ipv4Fragments(packet, largest);
        var more = true;
        while (parts.Next(part) is > 0 and var length)
        {
            Assert.True(more);
            Assert.True(Ipv4.TryRead(part.AsSpan(0, length), out var ip));
            Assert.Equal(0xFFFF, Checksum.Sum(ip.Bytes[..ip.HeaderLength]));
            Assert.Equal((whole.Count, Device, Host), (ip.FragmentOffset, ip.Source, ip.Destination));
            whole.AddRange(ip.Payload);
            more = ip.MoreFragments;
        }

        Assert.False(more);
        Assert.Equal(packet[Ipv4.MinimumHeaderLength..], whole);
    }

    private static byte[] Packet(byte protocol, byte[] transport, uint source = Device, uint destination = Host)
    {
        var packet = new byte[Ipv4.MinimumHeaderLength + transport.Length];
        transport.CopyTo(packet, Ipv4.MinimumHeaderLength);
        Ipv4.Write(packet, source, destination, protocol, transport.Length, identification: 77, dontFragment: false);
        if (protocol == IpProtocol.Udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(Ipv4.MinimumHeaderLength + 4), (ushort)transport.Length);
        }

        return packet;
    }
}
