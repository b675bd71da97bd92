using System.Buffers.Binary;

namespace NTMobile.Packets;

/// <summary>
/// Numbers of ICMPv6 messages (RFC 4443); header and echo are laid out as those of <see cref="Icmp"/>. The checksum covers a pseudo-header.
/// <code>0: type 8   1: code 8   2: checksum 16   4: identifier 16, sequence 16 (echo), or 32 bits of the type's own   8: body</code>
/// </summary>
public static class Icmpv6
{
    /// <summary>Type: destination unreachable.</summary>
    public const byte DestinationUnreachable = 1;

    /// <summary>Type: packet too big; the 32 bits are the next hop's MTU.</summary>
    public const byte PacketTooBig = 2;

    /// <summary>Type: time exceeded.</summary>
    public const byte TimeExceeded = 3;

    /// <summary>Type: parameter problem; the 32 bits point at the octet.</summary>
    public const byte ParameterProblem = 4;

    /// <summary>Type: echo request.</summary>
    public const byte EchoRequest = 128;

    /// <summary>Type: echo reply.</summary>
    public const byte EchoReply = 129;

    /// <summary>Bytes that an error with the packet that it quotes may have, IPv6 header included: what every link carries (RFC 4443 §2.4).</summary>
    public const int LongestError = 1280;

    /// <summary>Whether a type is that of an error, which quotes a packet.</summary>
    public static bool IsError(byte type) => type < EchoRequest;

    /// <summary>Computes the checksum afresh.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="source">Source of the IPv6 packet.</param>
    /// <param name="destination">Its destination.</param>
    public static void WriteChecksum(Span<byte> message, UInt128 source, UInt128 destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message[Icmp.ChecksumAt..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(
            message[Icmp.ChecksumAt..],
            Checksum.Compute(message, Checksum.PseudoHeader(source, destination, IpProtocol.Icmpv6, message.Length)));
    }
}
