using System.Buffers.Binary;
using NTMobile.Packets;

namespace NTMobile.RouterCore.Dns;

/// <summary>
/// Tells, without allocation, whether a LAN packet is a DNS query for a name in one of the zones that the router answers itself. All other DNS
/// goes on untouched.
/// </summary>
internal sealed class ZoneFilter
{
    private const ushort DnsPort = 53;
    private const int HeaderLength = 12;
    private const uint LinkLocal = 0xFE80 >> 6; // fe80::/10
    private volatile byte[][] _zones = [];

    /// <summary>Replaces the zones.</summary>
    /// <param name="zones">Names without the last dot, lower case.</param>
    public void Set(IEnumerable<string> zones) => _zones = [.. zones.Select(ToWire)];

    /// <summary>Whether the packet is such a query.</summary>
    public bool Concerns(in Ipv4 packet) =>
        packet.Protocol == IpProtocol.Udp && !packet.IsFragment && Udp.TryRead(packet.Payload, out var udp)
        && udp.DestinationPort == DnsPort && Concerns(udp.Payload);

    /// <inheritdoc cref="Concerns(in Ipv4)"/>
    /// <remarks>A link-local address could not be answered by way of the TUN device, so such queries go on to the ordinary resolver.</remarks>
    public bool Concerns(in Ipv6 packet) =>
        packet.Protocol == IpProtocol.Udp && !packet.IsFragment && packet.Source >> 118 != LinkLocal && Udp.TryRead(packet.Payload, out var udp)
        && udp.DestinationPort == DnsPort && Concerns(udp.Payload);

    /// <summary>Whether a DNS message is such a query.</summary>
    public bool Concerns(ReadOnlySpan<byte> message)
    {
        if (message.Length <= HeaderLength || (message[2] & 0xF8) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return false;
        }

        var question = message[HeaderLength..];
        foreach (var zone in _zones)
        {
            if (EndsWith(question, zone))
            {
                return true;
            }
        }

        return false;
    }

    // Walks the labels; a match must begin at a label, take the rest of the name, and leave device and router in front of it:
    // names right under the zone are the provider's own, which public DNS answers.
    private static bool EndsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> zone)
    {
        var labels = 0;
        for (var at = 0; at < name.Length && at <= 255; at += name[at] + 1, labels++)
        {
            if (name[at] is 0 or > 63)
            {
                return false;
            }

            if (labels >= 2 && name.Length - at >= zone.Length && System.Text.Ascii.EqualsIgnoreCase(name.Slice(at, zone.Length), zone))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[] ToWire(string zone)
    {
        var wire = new List<byte>();
        foreach (var label in zone.Split('.'))
        {
            wire.Add((byte)label.Length);
            wire.AddRange(System.Text.Encoding.ASCII.GetBytes(label));
        }

        return [.. wire, 0];
    }
}
