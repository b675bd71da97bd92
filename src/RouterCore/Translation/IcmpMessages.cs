using System.Buffers.Binary;
using NTMobile.Packets;

namespace NTMobile.RouterCore.Translation;

/// <summary>ICMP errors that the router itself sends to its LAN (RFC 792, RFC 1191, RFC 1812 §4.3.2).</summary>
internal static class IcmpMessages
{
    public const byte HostUnreachable = 1;
    public const byte AdministrativelyProhibited = 13;

    /// <summary>Builds the error for a packet.</summary>
    /// <param name="router">Our address on the LAN.</param>
    /// <param name="packet">The packet that went no further, or its beginning.</param>
    /// <param name="type">ICMP type.</param>
    /// <param name="code">ICMP code.</param>
    /// <param name="mtu">Next-hop MTU, for code 4.</param>
    /// <returns>A whole IPv4 packet, or null: one must not answer this packet with an error.</returns>
    public static byte[]? Error(uint router, ReadOnlySpan<byte> packet, byte type, byte code, int mtu)
    {
        if (!Ipv4.TryReadQuoted(packet, out var ip) || ip.FragmentOffset > 0 || IcmpErrors.IsError(ip.Protocol, ip.Payload))
        {
            return null;
        }

        var quoted = ip.Bytes[..Math.Min(ip.Bytes.Length, 548)];
        var error = new byte[Ipv4.MinimumHeaderLength + Icmp.HeaderLength + quoted.Length];
        var icmp = error.AsSpan(Ipv4.MinimumHeaderLength);
        icmp[0] = type;
        icmp[1] = code;
        BinaryPrimitives.WriteUInt16BigEndian(icmp[6..], (ushort)mtu);
        quoted.CopyTo(icmp[Icmp.HeaderLength..]);
        Icmp.WriteChecksum(icmp);
        Ipv4.Write(error, router, ip.Source, IpProtocol.Icmp, icmp.Length, dontFragment: false);
        return error;
    }
}
