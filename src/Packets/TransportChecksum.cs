using System.Buffers.Binary;

namespace NTMobile.Packets;

/// <summary>Completes the transport checksum of a packet whose sender left it to the hardware ("partial": only the pseudo-header's sum is there).</summary>
public static class TransportChecksum
{
    /// <summary>Computes the TCP, UDP or ICMPv6 checksum of a whole packet afresh and writes it.</summary>
    /// <param name="packet">An IPv4 or IPv6 packet.</param>
    /// <returns>False when the packet is malformed, a fragment, or of a protocol without such a checksum: nothing is written.</returns>
    public static bool Complete(Span<byte> packet)
    {
        if (Ipv4.TryRead(packet, out var ip4))
        {
            var length = ip4.TotalLength - ip4.HeaderLength;
            var pseudo = Checksum.PseudoHeader(ip4.Source, ip4.Destination, ip4.Protocol, length);
            return !ip4.IsFragment && Write(packet.Slice(ip4.HeaderLength, length), ip4.Protocol, pseudo);
        }

        if (Ipv6.TryRead(packet, out var ip6))
        {
            var length = ip6.Bytes.Length - ip6.TransportAt;
            var pseudo = Checksum.PseudoHeader(ip6.Source, ip6.Destination, ip6.Protocol, length);
            return !ip6.IsFragment && Write(packet.Slice(ip6.TransportAt, length), ip6.Protocol, pseudo);
        }

        return false;
    }

    /// <summary>Whether the transport checksum of a whole packet is right. A UDP checksum of zero counts as right.</summary>
    /// <param name="packet">An IPv4 or IPv6 packet.</param>
    /// <returns>False when it is wrong, and where <see cref="Complete"/> returns false.</returns>
    public static bool IsRight(ReadOnlySpan<byte> packet)
    {
        if (Ipv4.TryRead(packet, out var ip4))
        {
            var pseudo = Checksum.PseudoHeader(ip4.Source, ip4.Destination, ip4.Protocol, ip4.Payload.Length);
            return !ip4.IsFragment && Verify(ip4.Payload, ip4.Protocol, pseudo);
        }

        return Ipv6.TryRead(packet, out var ip6) && !ip6.IsFragment && Verify(
            ip6.Payload, ip6.Protocol, Checksum.PseudoHeader(ip6.Source, ip6.Destination, ip6.Protocol, ip6.Payload.Length));
    }

    /// <summary>Writes the pseudo-header's sum where the kernel will complete a TCP or UDP checksum.</summary>
    /// <param name="packet">A whole IPv4 or IPv6 packet.</param>
    /// <returns>Offset of the checksum in the transport header; 0: the protocol has none, it is a fragment, or the header is cut short.</returns>
    public static int WritePartial(Span<byte> packet)
    {
        if (Ipv4.TryRead(packet, out var ip4))
        {
            var pseudo = Checksum.PseudoHeader(ip4.Source, ip4.Destination, ip4.Protocol, ip4.Payload.Length);
            return ip4.IsFragment ? 0 : WritePartial(packet.Slice(ip4.HeaderLength, ip4.Payload.Length), ip4.Protocol, pseudo);
        }

        if (Ipv6.TryRead(packet, out var ip6) && !ip6.IsFragment)
        {
            var pseudo = Checksum.PseudoHeader(ip6.Source, ip6.Destination, ip6.Protocol, ip6.Payload.Length);
            return WritePartial(packet.Slice(ip6.TransportAt, ip6.Payload.Length), ip6.Protocol, pseudo);
        }

        return 0;
    }

    private static int WritePartial(Span<byte> transport, byte protocol, ushort pseudo)
    {
        var at = protocol is IpProtocol.Tcp or IpProtocol.Udp ? Offset(protocol, transport.Length) : -1;
        if (at < 0)
        {
            return 0;
        }

        BinaryPrimitives.WriteUInt16BigEndian(transport[at..], pseudo);
        return at;
    }

    private static int Offset(byte protocol, int length) => protocol switch
    {
        IpProtocol.Tcp when length >= Tcp.MinimumHeaderLength => Tcp.ChecksumAt,
        IpProtocol.Udp when length >= Udp.HeaderLength => Udp.ChecksumAt,
        IpProtocol.Icmpv6 when length >= Icmp.HeaderLength => Icmp.ChecksumAt,
        _ => -1,
    };

    private static bool Write(Span<byte> transport, byte protocol, ushort pseudo)
    {
        var at = Offset(protocol, transport.Length);
        if (at < 0)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(transport[at..], 0);
        var checksum = Checksum.Compute(transport, pseudo);
        var none = protocol == IpProtocol.Udp && checksum == 0;
        BinaryPrimitives.WriteUInt16BigEndian(transport[at..], none ? ushort.MaxValue : checksum);
        return true;
    }

    private static bool Verify(ReadOnlySpan<byte> transport, byte protocol, ushort pseudo)
    {
        var at = Offset(protocol, transport.Length);
        return at >= 0
            && ((protocol == IpProtocol.Udp && BinaryPrimitives.ReadUInt16BigEndian(transport[at..]) == 0)
                || Checksum.Sum(transport, pseudo) == ushort.MaxValue);
    }
}
