using System.Buffers.Binary;

namespace NTMobile.Packets;

/// <summary>
/// A view of an ICMP message of IPv4 (RFC 792).
/// <code>0: type 8   1: code 8   2: checksum 16   4: identifier 16, sequence 16 (echo), or 32 bits of the type's own   8: body</code>
/// </summary>
public readonly ref struct Icmp
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderLength = 8;

    /// <summary>Offset of the checksum.</summary>
    public const int ChecksumAt = 2;

    /// <summary>Offset of an echo's identifier.</summary>
    public const int IdentifierAt = 4;

    /// <summary>Type: echo reply.</summary>
    public const byte EchoReply = 0;

    /// <summary>Type: destination unreachable.</summary>
    public const byte DestinationUnreachable = 3;

    /// <summary>Type: echo request.</summary>
    public const byte EchoRequest = 8;

    /// <summary>Type: time exceeded.</summary>
    public const byte TimeExceeded = 11;

    /// <summary>Type: parameter problem.</summary>
    public const byte ParameterProblem = 12;

    /// <summary>Code of <see cref="DestinationUnreachable"/>: the packet is too big and must not be fragmented.</summary>
    public const byte FragmentationNeeded = 4;

    private Icmp(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>Header and body.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Type.</summary>
    public byte Type => Bytes[0];

    /// <summary>Code.</summary>
    public byte Code => Bytes[1];

    /// <summary>Checksum over the whole message; no pseudo-header.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(Bytes[ChecksumAt..]);

    /// <summary>Identifier of an echo.</summary>
    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(Bytes[IdentifierAt..]);

    /// <summary>Sequence number of an echo; the next hop's MTU in <see cref="FragmentationNeeded"/> (RFC 1191).</summary>
    public ushort Sequence => BinaryPrimitives.ReadUInt16BigEndian(Bytes[6..]);

    /// <summary>Body; in an error, the beginning of the packet that caused it.</summary>
    public ReadOnlySpan<byte> Body => Bytes[HeaderLength..];

    /// <summary>Whether the message is an echo request or reply.</summary>
    public bool IsEcho => Type is EchoRequest or EchoReply;

    /// <summary>Whether the message reports an error and quotes a packet.</summary>
    public bool IsError => Type is DestinationUnreachable or 4 or 5 or TimeExceeded or ParameterProblem;

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">The IP packet's payload.</param>
    /// <param name="message">The view.</param>
    /// <returns>False when the header is not whole.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Icmp message)
    {
        message = bytes.Length < HeaderLength ? default : new Icmp(bytes);
        return bytes.Length >= HeaderLength;
    }

    /// <summary>Computes the checksum afresh.</summary>
    /// <param name="message">The whole message.</param>
    public static void WriteChecksum(Span<byte> message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumAt..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumAt..], Packets.Checksum.Compute(message));
    }
}
