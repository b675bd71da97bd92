using System.Buffers.Binary;

namespace NTMobile.Packets;

/// <summary>
/// Gives a packet another source or destination as an address translator does (RFC 3022 §4): checksums by their difference (RFC 1624), and in
/// an ICMP error the quoted packet's other end too, so that its sender finds the packet as it was sent (RFC 5508 REQ-4).
/// </summary>
public static class Ipv4Translation
{
    /// <summary>Changes one address.</summary>
    /// <param name="packet">A whole IPv4 packet; changed in place.</param>
    /// <param name="addressAt"><see cref="Ipv4.SourceAt"/> or <see cref="Ipv4.DestinationAt"/>.</param>
    /// <param name="address">The new address.</param>
    /// <param name="partial">The transport checksum has no meaning and stays as it is.</param>
    /// <returns>False when the packet, or what it quotes, is malformed; it may be changed in part then.</returns>
    public static bool TryChange(Span<byte> packet, int addressAt, uint address, bool partial)
    {
        if (!Ipv4.TryRead(packet, out var ip))
        {
            return false;
        }

        var (protocol, headerLength, hasTransport) = (ip.Protocol, ip.HeaderLength, ip.FragmentOffset == 0);
        packet = packet[..ip.TotalLength];
        var delta = Put(packet, addressAt, address);
        var transport = packet[headerLength..];
        if (!hasTransport)
        {
            return true;
        }

        if (protocol == IpProtocol.Icmp)
        {
            return TryChangeQuoted(transport, addressAt, address);
        }

        if (!partial)
        {
            MoveChecksum(transport, protocol, delta);
        }

        return true;
    }

    private static bool TryChangeQuoted(Span<byte> icmp, int addressAt, uint address)
    {
        if (!Icmp.TryRead(icmp, out var message))
        {
            return false;
        }

        if (!message.IsError)
        {
            return true; // an echo's checksum covers no address
        }

        var quoted = icmp[Icmp.HeaderLength..];
        if (!Ipv4.TryReadQuoted(quoted, out var ip))
        {
            return false;
        }

        var (protocol, headerLength, hasTransport) = (ip.Protocol, ip.HeaderLength, ip.FragmentOffset == 0);
        var delta = Put(quoted, addressAt == Ipv4.SourceAt ? Ipv4.DestinationAt : Ipv4.SourceAt, address);
        if (hasTransport)
        {
            MoveChecksum(quoted[headerLength..], protocol, delta);
        }

        Icmp.WriteChecksum(icmp);
        return true;
    }

    // Returns what the change adds to a sum over the addresses.
    private static ushort Put(Span<byte> packet, int addressAt, uint address)
    {
        var delta = Checksum.Delta(BinaryPrimitives.ReadUInt32BigEndian(packet[addressAt..]), address);
        BinaryPrimitives.WriteUInt32BigEndian(packet[addressAt..], address);
        var checksum = BinaryPrimitives.ReadUInt16BigEndian(packet[Ipv4.ChecksumAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[Ipv4.ChecksumAt..], Checksum.Apply(checksum, delta));
        return delta;
    }

    private static int ChecksumAt(byte protocol) => protocol switch
    {
        IpProtocol.Tcp => Tcp.ChecksumAt,
        IpProtocol.Udp => Udp.ChecksumAt,
        _ => 0,
    };

    private static void MoveChecksum(Span<byte> transport, byte protocol, ushort delta)
    {
        var at = ChecksumAt(protocol);
        if (at == 0 || transport.Length < at + 2)
        {
            return;
        }

        var old = BinaryPrimitives.ReadUInt16BigEndian(transport[at..]);
        var isUdp = protocol == IpProtocol.Udp;
        if (old != 0 || !isUdp)
        {
            var moved = Checksum.Apply(old, delta);
            BinaryPrimitives.WriteUInt16BigEndian(transport[at..], moved == 0 && isUdp ? ushort.MaxValue : moved);
        }
    }
}
