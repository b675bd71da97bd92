using System.Buffers.Binary;
using System.Security.Cryptography;

namespace NTMobile.Packets;

/// <summary>The 5-tuple of an IPv4 flow. For ICMP echoes both ports are the identifier; where there are no ports they are zero.</summary>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="SourcePort">Source port.</param>
/// <param name="DestinationPort">Destination port.</param>
/// <param name="Protocol">Protocol number.</param>
public readonly record struct FlowKey(uint Source, uint Destination, ushort SourcePort, ushort DestinationPort, byte Protocol)
{
    // A LAN device chooses its tuples freely, so the hash is keyed.
    private static readonly ulong Secret = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;

    /// <summary>The flow in the other direction.</summary>
    public FlowKey Reversed => new(Destination, Source, DestinationPort, SourcePort, Protocol);

    /// <summary>Reads the key from a packet. Every fragment of a packet gives ports of zero, so that they share a key.</summary>
    /// <returns>False when the transport header is malformed.</returns>
    public static bool TryRead(in Ipv4 packet, out FlowKey key)
    {
        var protocol = packet.Protocol;
        key = new FlowKey(packet.Source, packet.Destination, 0, 0, protocol);
        if (packet.IsFragment)
        {
            return true;
        }

        var payload = packet.Payload;
        switch (protocol)
        {
            case IpProtocol.Tcp:
            case IpProtocol.Udp:
                if (payload.Length < Udp.HeaderLength)
                {
                    return false;
                }

                key = key with
                {
                    SourcePort = BinaryPrimitives.ReadUInt16BigEndian(payload),
                    DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]),
                };
                return true;
            case IpProtocol.Icmp:
                if (!Icmp.TryRead(payload, out var icmp))
                {
                    return false;
                }

                key = icmp.IsEcho ? key with { SourcePort = icmp.Identifier, DestinationPort = icmp.Identifier } : key;
                return true;
            default:
                return true;
        }
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var ports = ((ulong)SourcePort << 32) | ((ulong)DestinationPort << 16) | Protocol;
        var addresses = ((ulong)Source << 32) | Destination;
        var high = Math.BigMul(addresses ^ Secret, ports ^ ulong.RotateLeft(Secret, 29), out var low);
        high = Math.BigMul(high ^ low, Secret, out low);
        return (int)(high ^ low);
    }
}
