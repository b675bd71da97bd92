using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.Wire;
using NTMobile.Wire.Dns;

namespace NTMobile.RouterCore.Dns;

/// <summary>
/// Tells, without allocation, whether a LAN packet is a DNS query that the router answers itself: for the name of a device in its zone, or for the name of
/// a virtual address. All other DNS goes on untouched.
/// </summary>
internal sealed class ZoneFilter
{
    private const ushort DnsPort = 53;
    private const int HeaderLength = 12;
    private const uint LinkLocal = 0xFE80 >> 6; // fe80::/10
    private readonly byte[] _zone;
    private readonly byte[][] _reverse;

    /// <param name="zone">The zone, without the last dot, lower case. Names right under it are the provider's own, which public DNS answers.</param>
    /// <param name="reverse">The zones of the virtual addresses, written likewise.</param>
    public ZoneFilter(string zone, IEnumerable<string> reverse) => (_zone, _reverse) = (ToWire(zone), [.. reverse.Select(ToWire)]);

    /// <summary>What a node answers.</summary>
    public static ZoneFilter Of(NodeSettings settings) => new(
        settings.Zone,
        [
            .. ReverseName.Zones(settings.VirtualPrefix.Network, settings.VirtualPrefix.Length),
            ReverseName.Zone(VirtualIpv6.First24Bits, nibbles: 6),
        ]);

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
        if (EndsWith(question, _zone, after: 2))
        {
            return true;
        }

        foreach (var zone in _reverse)
        {
            if (EndsWith(question, zone, after: 1))
            {
                return true;
            }
        }

        return false;
    }

    // Walks the labels; a match must begin at a label, take the rest of the name, and leave so many labels in front of it.
    private static bool EndsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> zone, int after)
    {
        var labels = 0;
        for (var at = 0; at < name.Length && at <= 255; at += name[at] + 1, labels++)
        {
            if (name[at] is 0 or > 63)
            {
                return false;
            }

            if (labels >= after && name.Length - at >= zone.Length && System.Text.Ascii.EqualsIgnoreCase(name.Slice(at, zone.Length), zone))
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
