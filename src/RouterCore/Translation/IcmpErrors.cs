using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Tunnel;

namespace NTMobile.RouterCore.Translation;

/// <summary>
/// ICMP errors quote the packet that caused them (RFC 792), whose addresses must be translated too (RFC 5508 REQ-4).
/// On the wire the quoted addresses are zero, as all others.
/// </summary>
internal static class IcmpErrors
{
    /// <summary>Whether a packet's payload is an ICMP error.</summary>
    public static bool IsError(byte protocol, ReadOnlySpan<byte> transport) =>
        protocol == IpProtocol.Icmp && Icmp.TryRead(transport, out var icmp) && icmp.IsError;

    /// <summary>
    /// Puts addresses into the quoted packet and makes the checksums right: those of both headers afresh, the quoted transport's by
    /// delta, so that its sender finds the packet as it was sent.
    /// </summary>
    /// <param name="icmp">The whole ICMP message; changed in place.</param>
    /// <param name="source">Source of the quoted packet.</param>
    /// <param name="destination">Its destination.</param>
    /// <param name="delta">What the change of addresses adds to the quoted transport checksum.</param>
    /// <returns>False: what it quotes is no IPv4 header.</returns>
    public static bool SetQuotedAddresses(Span<byte> icmp, uint source, uint destination, ushort delta)
    {
        var quoted = icmp[Icmp.HeaderLength..];
        if (!Ipv4.TryReadQuoted(quoted, out var ip))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(quoted[Ipv4.SourceAt..], source);
        BinaryPrimitives.WriteUInt32BigEndian(quoted[Ipv4.DestinationAt..], destination);
        Ipv4.WriteChecksum(quoted[..ip.HeaderLength]);
        if (ip.FragmentOffset == 0)
        {
            InnerPacket.MoveChecksum(quoted[ip.HeaderLength..], ip.Protocol, delta);
        }

        Icmp.WriteChecksum(icmp);
        return true;
    }

    /// <summary>Which flow the quoted packet belongs to: it went out from the device, so its source port is the local one.</summary>
    public static bool TryReadQuotedFlow(ReadOnlySpan<byte> icmp, out byte protocol, out ushort localPort, out ushort remotePort)
    {
        protocol = 0;
        localPort = remotePort = 0;
        if (!Ipv4.TryReadQuoted(icmp[Icmp.HeaderLength..], out var ip))
        {
            return false;
        }

        protocol = ip.Protocol;
        return InnerPacket.TryReadPorts(ip.Payload, protocol, out localPort, out remotePort);
    }
}
