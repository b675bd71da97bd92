using NTMobile.Packets;

namespace NTMobile.Security.Pccom;

/// <summary>Where the TCP or UDP part of a whole IP packet is.</summary>
/// <param name="TransportAt">Offset of its first byte.</param>
/// <param name="TransportLength">Its length in bytes, without what follows the IP packet.</param>
/// <param name="Protocol">TCP or UDP, see <see cref="IpProtocol"/>.</param>
/// <param name="PseudoHeader">The sum of the pseudo-header, see <see cref="Checksum"/>.</param>
public readonly record struct PccomPacket(int TransportAt, int TransportLength, byte Protocol, ushort PseudoHeader)
{
    /// <summary>Reads an IPv4 or IPv6 packet.</summary>
    /// <param name="bytes">The packet from its IP header on.</param>
    /// <param name="packet">Where its parts are.</param>
    /// <param name="refusal">Why it is none for PCCOM.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PccomPacket packet, out PccomRefusal refusal)
    {
        refusal = (bytes.IsEmpty ? 0 : bytes[0] >> 4) switch
        {
            4 => ReadIpv4(bytes, out packet),
            6 => ReadIpv6(bytes, out packet),
            _ => Refuse(bytes.IsEmpty ? PccomRefusal.Truncated : PccomRefusal.Malformed, out packet),
        };
        if (refusal == PccomRefusal.None && packet.Protocol is not (IpProtocol.Tcp or IpProtocol.Udp))
        {
            refusal = PccomRefusal.Portless;
        }

        return refusal == PccomRefusal.None;
    }

    private static PccomRefusal ReadIpv4(ReadOnlySpan<byte> bytes, out PccomPacket packet)
    {
        if (!Ipv4.TryRead(bytes, out var ip))
        {
            return Refuse(Unreadable(Ipv4.TryReadQuoted(bytes, out _), bytes.Length, Ipv4.MinimumHeaderLength), out packet);
        }

        var pseudo = Checksum.PseudoHeader(ip.Source, ip.Destination, ip.Protocol, ip.Payload.Length);
        packet = new PccomPacket(ip.HeaderLength, ip.Payload.Length, ip.Protocol, pseudo);
        return ip.IsFragment ? PccomRefusal.Fragment : ip.Options.IsEmpty ? PccomRefusal.None : PccomRefusal.HeaderOptions;
    }

    private static PccomRefusal ReadIpv6(ReadOnlySpan<byte> bytes, out PccomPacket packet)
    {
        if (!Ipv6.TryRead(bytes, out var ip))
        {
            var cut = bytes.Length >= Ipv6.HeaderLength && bytes.Length < Ipv6.HeaderLength + StatedLength(bytes);
            return Refuse(Unreadable(cut, bytes.Length, Ipv6.HeaderLength), out packet);
        }

        var pseudo = Checksum.PseudoHeader(ip.Source, ip.Destination, ip.Protocol, ip.Payload.Length);
        packet = new PccomPacket(ip.TransportAt, ip.Payload.Length, ip.Protocol, pseudo);
        return ip.IsFragment ? PccomRefusal.Fragment : ip.TransportAt == Ipv6.HeaderLength ? PccomRefusal.None : PccomRefusal.HeaderOptions;
    }

    private static int StatedLength(ReadOnlySpan<byte> ipv6) => (ipv6[Ipv6.PayloadLengthAt] << 8) | ipv6[Ipv6.PayloadLengthAt + 1];

    private static PccomRefusal Unreadable(bool cut, int length, int header) =>
        cut || length < header ? PccomRefusal.Truncated : PccomRefusal.Malformed;

    private static PccomRefusal Refuse(PccomRefusal why, out PccomPacket packet)
    {
        packet = default;
        return why;
    }
}
