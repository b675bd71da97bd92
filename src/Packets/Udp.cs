using System.Buffers.Binary;

namespace NTMobile.Packets;

/// <summary>
/// A view of a UDP datagram (RFC 768).
/// <code>0: source port 16   2: destination port 16   4: length 16   6: checksum 16   8: payload</code>
/// </summary>
public readonly ref struct Udp
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderLength = 8;

    /// <summary>Offset of the length.</summary>
    public const int LengthAt = 4;

    /// <summary>Offset of the checksum.</summary>
    public const int ChecksumAt = 6;

    private Udp(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>Header and payload, without bytes that followed them.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Source port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(Bytes);

    /// <summary>Destination port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(Bytes[2..]);

    /// <summary>Bytes of header and payload.</summary>
    public int Length => BinaryPrimitives.ReadUInt16BigEndian(Bytes[LengthAt..]);

    /// <summary>Checksum; zero means that there is none (IPv4 only).</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(Bytes[ChecksumAt..]);

    /// <summary>Payload.</summary>
    public ReadOnlySpan<byte> Payload => Bytes[HeaderLength..];

    /// <summary>Reads a datagram; bytes after its length are left out.</summary>
    /// <param name="bytes">The IP packet's payload.</param>
    /// <param name="datagram">The view.</param>
    /// <returns>False when the header is not whole or its length does not fit.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Udp datagram)
    {
        datagram = default;
        if (bytes.Length < HeaderLength)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthAt..]);
        if (length < HeaderLength || length > bytes.Length)
        {
            return false;
        }

        datagram = new Udp(bytes[..length]);
        return true;
    }

    /// <summary>Writes the header in front of a payload that stands in its place already, with a right checksum for IPv4.</summary>
    /// <param name="datagram">Header space and payload: exactly the datagram.</param>
    /// <param name="source">Source address.</param>
    /// <param name="destination">Destination address.</param>
    /// <param name="sourcePort">Source port.</param>
    /// <param name="destinationPort">Destination port.</param>
    public static void Write(Span<byte> datagram, uint source, uint destination, ushort sourcePort, ushort destinationPort) =>
        Write(datagram, Packets.Checksum.PseudoHeader(source, destination, IpProtocol.Udp, datagram.Length), sourcePort, destinationPort);

    /// <summary>The same for IPv6.</summary>
    /// <param name="datagram">Header space and payload: exactly the datagram.</param>
    /// <param name="source">Source address.</param>
    /// <param name="destination">Destination address.</param>
    /// <param name="sourcePort">Source port.</param>
    /// <param name="destinationPort">Destination port.</param>
    public static void Write(Span<byte> datagram, UInt128 source, UInt128 destination, ushort sourcePort, ushort destinationPort) =>
        Write(datagram, Packets.Checksum.PseudoHeader(source, destination, IpProtocol.Udp, datagram.Length), sourcePort, destinationPort);

    private static void Write(Span<byte> datagram, ushort pseudo, ushort sourcePort, ushort destinationPort)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(datagram.Length, ushort.MaxValue);
        BinaryPrimitives.WriteUInt16BigEndian(datagram, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[LengthAt..], (ushort)datagram.Length);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[ChecksumAt..], 0);
        var checksum = Packets.Checksum.Compute(datagram, pseudo);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[ChecksumAt..], checksum == 0 ? ushort.MaxValue : checksum);
    }
}
