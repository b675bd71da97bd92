using CsCheck;
using Xunit;

namespace NTMobile.Packets.Tests;

public sealed class ViewTests
{
    // 192.168.8.50:50000 > 198.18.0.9:80, SYN, options mss 1460, sackOK, timestamps, nop, wscale 7.
    private static readonly byte[] Syn = Convert.FromHexString(
        "4500003c1a2b40003f06" + "0000" + "c0a80832c6120009" +
        "c3500050" + "01020304" + "00000000" + "a002" + "faf0" + "beef" + "0000" + "020405b40402080a0000000100000000" + "01030307");

    [Fact]
    public void A_TCP_packet_reads_as_written()
    {
        Assert.True(Ipv4.TryRead([.. Syn, 0xEE], out var ip));
        Assert.Equal(60, ip.Bytes.Length);
        Assert.Equal(0xC0A80832, ip.Source);
        Assert.Equal(0xC6120009, ip.Destination);
        Assert.Equal(63, ip.TimeToLive);
        Assert.Equal(0x1A2B, ip.Identification);
        Assert.True(ip.DontFragment);
        Assert.False(ip.IsFragment);
        Assert.True(Tcp.TryRead(ip.Payload, out var tcp));
        Assert.Equal(50000, tcp.SourcePort);
        Assert.Equal(80, tcp.DestinationPort);
        Assert.Equal(0x01020304u, tcp.Sequence);
        Assert.Equal(TcpFlags.Syn, tcp.Flags);
        Assert.Equal(0xFAF0, tcp.Window);
        Assert.Equal(0xBEEF, tcp.Checksum);
        Assert.Equal(40, tcp.HeaderLength);
        Assert.Empty(tcp.Payload.ToArray());
        Assert.True(Tcp.TryFindMaximumSegmentSize(tcp.Options, out var at));
        Assert.Equal(2, at);
    }

    [Fact]
    public void Every_truncation_of_a_packet_is_refused()
    {
        for (var length = 0; length < Syn.Length; length++)
        {
            Assert.False(Ipv4.TryRead(Syn.AsSpan(0, length), out _));
            Assert.Equal(length >= 20, Ipv4.TryReadQuoted(Syn.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void No_bytes_make_a_view_read_outside_them() =>
        Gen.Byte.Array[0, 120].Sample(bytes =>
        {
            bytes = [.. bytes];
            if (bytes.Length > 0)
            {
                bytes[0] = (byte)(bytes[0] % 2 == 0 ? 0x40 | (bytes[0] & 0xF) : 0x60 | (bytes[0] & 0xF));
            }

            ReadEverything(bytes);
        });

    [Fact]
    public void Malformed_TCP_options_end_the_search()
    {
        Assert.False(Tcp.TryFindMaximumSegmentSize([1, 1, 2], out _));
        Assert.False(Tcp.TryFindMaximumSegmentSize([3, 0, 2, 4, 1, 1], out _));
        Assert.False(Tcp.TryFindMaximumSegmentSize([2, 4, 1], out _));
        Assert.False(Tcp.TryFindMaximumSegmentSize([0, 2, 4, 1, 1], out _));
        Assert.True(Tcp.TryFindMaximumSegmentSize([1, 3, 3, 7, 2, 4, 1, 1], out var at));
        Assert.Equal(6, at);
    }

    [Fact]
    public void A_fragment_knows_its_place()
    {
        byte[] fragment = [.. Syn];
        fragment[Ipv4.FragmentAt] = 0x20;
        fragment[Ipv4.FragmentAt + 1] = 0xB9;
        Assert.True(Ipv4.TryRead(fragment, out var ip));
        Assert.True(ip.IsFragment);
        Assert.True(ip.MoreFragments);
        Assert.Equal(1480, ip.FragmentOffset);
    }

    [Fact]
    public void A_written_header_reads_back_with_a_right_checksum()
    {
        var packet = new byte[28];
        Ipv4.Write(packet, 0x0A000001, 0x0A000002, IpProtocol.Udp, 8, timeToLive: 7, tos: 3, identification: 9, dontFragment: false);
        Assert.True(Ipv4.TryRead(packet, out var ip));
        Assert.Equal((0x0A000001u, 0x0A000002u, 7, 3, 9, 28), (ip.Source, ip.Destination, ip.TimeToLive, ip.Tos, ip.Identification, ip.TotalLength));
        Assert.Equal(0xFFFF, Checksum.Sum(packet.AsSpan(0, 20)));
    }

    [Fact]
    public void IPv6_extension_headers_are_walked()
    {
        // Hop-by-hop, then a first fragment of ICMPv6.
        var packet = new byte[40 + 8 + 8 + 8];
        packet[0] = 0x6A;
        packet[1] = 0xB1;
        packet[5] = 24;
        packet[6] = IpProtocol.HopByHop;
        packet[7] = 64;
        packet[40] = IpProtocol.Fragment;
        packet[48] = IpProtocol.Icmpv6;
        packet[51] = 1;
        Assert.True(Ipv6.TryRead(packet, out var ip));
        Assert.Equal((IpProtocol.Icmpv6, 56, true, 0, 0xAB, 0x10000), (ip.Protocol, ip.TransportAt, ip.IsFragment, ip.FragmentOffset, ip.TrafficClass, ip.FlowLabel));
        packet[41] = 200;
        Assert.False(Ipv6.TryRead(packet, out _));
    }

    private static void ReadEverything(byte[] bytes)
    {
        if (Ipv4.TryReadQuoted(bytes, out var quoted))
        {
            _ = quoted.Options.Length + quoted.Payload.Length;
        }

        if (Ipv4.TryRead(bytes, out var ip4))
        {
            ReadTransport(ip4.Payload);
            FlowKey.TryRead(ip4, out _);
        }

        if (Ipv6.TryRead(bytes, out var ip6))
        {
            _ = ip6.FragmentOffset;
            ReadTransport(ip6.Payload);
        }

        TransportChecksum.IsRight(bytes);
        TransportChecksum.Complete(bytes);
    }

    private static void ReadTransport(ReadOnlySpan<byte> payload)
    {
        if (Tcp.TryRead(payload, out var tcp))
        {
            Tcp.TryFindMaximumSegmentSize(tcp.Options, out _);
            _ = tcp.Payload.Length;
        }

        _ = Udp.TryRead(payload, out var udp) ? udp.Payload.Length : 0;
        _ = Icmp.TryRead(payload, out var icmp) ? icmp.Body.Length + icmp.Sequence : 0;
    }
}
