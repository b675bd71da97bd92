using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using NTMobile.Packets;

namespace NTMobile.RouterCore.Tunnel;

/// <summary>Moves transport checksums between a LAN's addresses and the address-free form of the wire (docs/protocol.md §1.3).</summary>
internal static class InnerPacket
{
    /// <summary>Where the checksum stands in a transport header, or -1: none that covers addresses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ChecksumOffset(byte protocol) => protocol switch
    {
        IpProtocol.Tcp => Tcp.ChecksumAt,
        IpProtocol.Udp => Udp.ChecksumAt,
        _ => -1,
    };

    /// <summary>Adds a delta to a complete checksum; a UDP checksum of zero means none and stays (RFC 768).</summary>
    /// <param name="transport">Transport header and payload; may be too short for a checksum.</param>
    /// <param name="protocol">IP protocol.</param>
    /// <param name="delta">What the change of addresses adds to the sum.</param>
    public static void MoveChecksum(Span<byte> transport, byte protocol, ushort delta)
    {
        var at = ChecksumOffset(protocol);
        if (at < 0 || transport.Length < at + 2)
        {
            return;
        }

        var old = BinaryPrimitives.ReadUInt16BigEndian(transport[at..]);
        if (old == 0 && protocol == IpProtocol.Udp)
        {
            return;
        }

        var moved = Checksum.Apply(old, delta);
        BinaryPrimitives.WriteUInt16BigEndian(transport[at..], moved == 0 && protocol == IpProtocol.Udp ? (ushort)0xFFFF : moved);
    }

    /// <summary>
    /// Whether a packet's complete TCP or UDP checksum is there and right. It need not travel then: what is opened at the other end is what was sealed
    /// here, and the last router completes the checksum for the LAN's addresses; only such packets can be joined there. A wrong one travels, so that the
    /// device sees that it is wrong.
    /// </summary>
    public static bool HasGoodChecksum(in Ipv4 ip)
    {
        var length = ip.Payload.Length;
        if (ip.Protocol == IpProtocol.Udp && !(Udp.TryRead(ip.Payload, out var udp) && udp.Length == length && udp.Checksum != 0))
        {
            return false;
        }

        return Checksum.Sum(ip.Payload, Checksum.PseudoHeader(ip.Source, ip.Destination, ip.Protocol, length)) == 0xFFFF;
    }

    /// <summary>Writes the pseudo-header's sum where the kernel will complete the checksum.</summary>
    /// <param name="transport">Transport header.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="addresses">Sum of both addresses, whichever IP version they have.</param>
    /// <param name="length">Bytes of the transport header and its payload.</param>
    public static void WritePartial(Span<byte> transport, byte protocol, ushort addresses, int length) =>
        BinaryPrimitives.WriteUInt16BigEndian(transport[ChecksumOffset(protocol)..], Checksum.Fold((uint)addresses + protocol + (ushort)length));

    /// <summary>Whether a packet out makes its answers welcome: of ICMP only an echo request does.</summary>
    public static bool ExpectsAnswer(byte protocol, ReadOnlySpan<byte> transport) => protocol != IpProtocol.Icmp || transport[0] == Icmp.EchoRequest;

    /// <summary>Whether a packet in can be an answer: of ICMP only an echo reply is. Errors are judged by what they quote.</summary>
    public static bool MayAnswer(byte protocol, ReadOnlySpan<byte> transport) => protocol != IpProtocol.Icmp || transport[0] == Icmp.EchoReply;

    /// <summary>Ports as the owner of the device sees them: local and remote; the identifier of an ICMP echo is both.</summary>
    /// <returns>False: malformed.</returns>
    public static bool TryReadPorts(ReadOnlySpan<byte> transport, byte protocol, out ushort source, out ushort destination)
    {
        source = destination = 0;
        switch (protocol)
        {
            case IpProtocol.Tcp or IpProtocol.Udp:
                if (transport.Length < Udp.HeaderLength)
                {
                    return false;
                }

                source = BinaryPrimitives.ReadUInt16BigEndian(transport);
                destination = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
                return true;
            case IpProtocol.Icmp:
                if (!Icmp.TryRead(transport, out var icmp))
                {
                    return false;
                }

                source = destination = icmp.IsEcho ? icmp.Identifier : (ushort)0;
                return true;
            default:
                return true;
        }
    }
}
