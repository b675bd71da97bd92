using NTMobile.Packets;

namespace NTMobile.RouterCore;

/// <summary>ICMPv6 errors that the router itself sends to its LAN (RFC 4443).</summary>
internal static class Ipv6Errors
{
    /// <summary>Makes of an error for what stands for a device one for the device itself.</summary>
    /// <param name="error">The whole IPv4 packet, made by this router.</param>
    /// <param name="router">Our IPv6 address on the LAN.</param>
    /// <param name="pair">The device, and where the quoted packet was to go.</param>
    /// <returns>A whole IPv6 packet, or null: IPv6 has nothing like it.</returns>
    public static byte[]? Translate(ReadOnlySpan<byte> error, UInt128 router, Ipv6Pair pair)
    {
        if (!Ipv4.TryRead(error, out var ip) || !Ipv4.TryReadQuoted(ip.Payload[Icmp.HeaderLength..], out var quoted))
        {
            return null;
        }

        Span<byte> message = stackalloc byte[Icmpv6.LongestError];
        var delta = Checksum.Fold((uint)(ushort)~HeaderTranslator.Delta(pair.Local, pair.Virtual, quoted.Source, quoted.Destination));
        var length = HeaderTranslator.ErrorToIpv6(ip.Payload, pair, delta, message);
        return length == 0 ? null : Packet(message[..length], router, pair.Local);
    }

    /// <summary>Tells a device that its packet's destination does not exist.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="router">Our IPv6 address on the LAN.</param>
    /// <returns>A whole IPv6 packet, or null: one must not answer this packet with an error.</returns>
    public static byte[]? AddressUnreachable(ReadOnlySpan<byte> packet, UInt128 router)
    {
        const byte addressUnreachable = 3;
        if (!Ipv6.TryRead(packet, out var ip) || ip.FragmentOffset > 0
            || (ip.Protocol == IpProtocol.Icmpv6 && (ip.Payload.IsEmpty || Icmpv6.IsError(ip.Payload[0]))))
        {
            return null;
        }

        var quoted = ip.Bytes[..Math.Min(ip.Bytes.Length, Icmpv6.LongestError - Ipv6.HeaderLength - Icmp.HeaderLength)];
        var message = new byte[Icmp.HeaderLength + quoted.Length];
        (message[0], message[1]) = (Icmpv6.DestinationUnreachable, addressUnreachable);
        quoted.CopyTo(message.AsSpan(Icmp.HeaderLength));
        return Packet(message, router, ip.Source);
    }

    private static byte[] Packet(Span<byte> message, UInt128 source, UInt128 destination)
    {
        Icmpv6.WriteChecksum(message, source, destination);
        var packet = new byte[Ipv6.HeaderLength + message.Length];
        Ipv6.Write(packet, source, destination, IpProtocol.Icmpv6, message.Length);
        message.CopyTo(packet.AsSpan(Ipv6.HeaderLength));
        return packet;
    }
}
