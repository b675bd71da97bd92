using NTMobile.Packets;
using NTMobile.Wire.Dns;

namespace NTMobile.RouterCore.Dns;

/// <summary>A DNS query of a LAN device, over UDP of either IP version.</summary>
/// <param name="Message">The query.</param>
/// <param name="From">The device.</param>
/// <param name="To">The resolver that it asked.</param>
internal sealed record DnsPacket(DnsMessage Message, Endpoint From, Endpoint To)
{
    /// <summary>Bytes that a whole reply may have.</summary>
    public const int LongestReply = Ipv6.HeaderLength + Udp.HeaderLength + DnsEdns.SafePayloadSize;

    /// <summary>Reads a whole IP packet.</summary>
    /// <returns>Null: it holds no DNS message.</returns>
    public static DnsPacket? Read(ReadOnlySpan<byte> packet)
    {
        if (Ipv6.TryRead(packet, out var ip6))
        {
            return Udp.TryRead(ip6.Payload, out var udp6) && DnsMessage.TryRead(udp6.Payload, out var message6)
                ? new DnsPacket(message6, Endpoint.FromIpv6(ip6.Source, udp6.SourcePort), Endpoint.FromIpv6(ip6.Destination, udp6.DestinationPort))
                : null;
        }

        return Ipv4.TryRead(packet, out var ip) && Udp.TryRead(ip.Payload, out var udp) && DnsMessage.TryRead(udp.Payload, out var message)
            ? new DnsPacket(message, Endpoint.FromIpv4(ip.Source, udp.SourcePort), Endpoint.FromIpv4(ip.Destination, udp.DestinationPort))
            : null;
    }

    /// <summary>Writes the answer as a whole IP packet, as if it came from the resolver that was asked.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="packet">At least <see cref="LongestReply"/> bytes.</param>
    /// <returns>Its length.</returns>
    public int WriteReply(DnsMessage reply, Span<byte> packet)
    {
        var headerLength = From.IsIpv4 ? Ipv4.MinimumHeaderLength : Ipv6.HeaderLength;
        var udp = packet[headerLength..];
        var length = Udp.HeaderLength + reply.Write(udp.Slice(Udp.HeaderLength, Math.Min(Message.ReplyLimit, DnsEdns.SafePayloadSize)));
        if (From.IsIpv4)
        {
            Udp.Write(udp[..length], To.Ipv4Address, From.Ipv4Address, To.Port, From.Port);
            Ipv4.Write(packet, To.Ipv4Address, From.Ipv4Address, IpProtocol.Udp, length);
        }
        else
        {
            Udp.Write(udp[..length], To.Address, From.Address, To.Port, From.Port);
            Ipv6.Write(packet, To.Address, From.Address, IpProtocol.Udp, length);
        }

        return headerLength + length;
    }
}
