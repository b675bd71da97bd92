using System.Buffers.Binary;

namespace NTMobile.Packets;

/// <summary>
/// A view of an IPv4 packet (RFC 791). It copies nothing; it is valid as long as the bytes are.
/// <code>
///  0: version 4 | header words 4    1: TOS (DSCP 6, ECN 2)   2: total length 16
///  4: identification 16             6: flags 3 | fragment offset 13
///  8: TTL 8     9: protocol 8      10: header checksum 16
/// 12: source 32                    16: destination 32        20: options
/// </code>
/// </summary>
public readonly ref struct Ipv4
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinimumHeaderLength = 20;

    /// <summary>Offset of the type-of-service byte.</summary>
    public const int TosAt = 1;

    /// <summary>Offset of the total length.</summary>
    public const int TotalLengthAt = 2;

    /// <summary>Offset of the identification.</summary>
    public const int IdentificationAt = 4;

    /// <summary>Offset of flags and fragment offset.</summary>
    public const int FragmentAt = 6;

    /// <summary>Offset of the time to live.</summary>
    public const int TimeToLiveAt = 8;

    /// <summary>Offset of the protocol number.</summary>
    public const int ProtocolAt = 9;

    /// <summary>Offset of the header checksum.</summary>
    public const int ChecksumAt = 10;

    /// <summary>Offset of the source address.</summary>
    public const int SourceAt = 12;

    /// <summary>Offset of the destination address.</summary>
    public const int DestinationAt = 16;

    private const ushort DontFragmentBit = 0x4000;
    private const ushort MoreFragmentsBit = 0x2000;
    private const ushort OffsetMask = 0x1FFF;

    private Ipv4(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>The packet: header and payload, without bytes that followed it.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Bytes of the header with its options.</summary>
    public int HeaderLength => (Bytes[0] & 0x0F) * 4;

    /// <summary>Type of service: DSCP in the upper six bits, ECN in the lower two.</summary>
    public byte Tos => Bytes[TosAt];

    /// <summary>Bytes of header and payload as the header states them.</summary>
    public int TotalLength => BinaryPrimitives.ReadUInt16BigEndian(Bytes[TotalLengthAt..]);

    /// <summary>Identification, common to all fragments of a packet.</summary>
    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(Bytes[IdentificationAt..]);

    /// <summary>Whether the packet must not be fragmented.</summary>
    public bool DontFragment => (FragmentWord & DontFragmentBit) != 0;

    /// <summary>Whether this is a fragment, the first one included.</summary>
    public bool IsFragment => (FragmentWord & (MoreFragmentsBit | OffsetMask)) != 0;

    /// <summary>Whether another fragment follows.</summary>
    public bool MoreFragments => (FragmentWord & MoreFragmentsBit) != 0;

    /// <summary>Where this fragment's payload belongs, in bytes.</summary>
    public int FragmentOffset => (FragmentWord & OffsetMask) * 8;

    /// <summary>Time to live, in hops.</summary>
    public byte TimeToLive => Bytes[TimeToLiveAt];

    /// <summary>Protocol of the payload, see <see cref="IpProtocol"/>.</summary>
    public byte Protocol => Bytes[ProtocolAt];

    /// <summary>Header checksum.</summary>
    public ushort HeaderChecksum => BinaryPrimitives.ReadUInt16BigEndian(Bytes[ChecksumAt..]);

    /// <summary>Source address.</summary>
    public uint Source => BinaryPrimitives.ReadUInt32BigEndian(Bytes[SourceAt..]);

    /// <summary>Destination address.</summary>
    public uint Destination => BinaryPrimitives.ReadUInt32BigEndian(Bytes[DestinationAt..]);

    /// <summary>Options, possibly empty.</summary>
    public ReadOnlySpan<byte> Options => Bytes[MinimumHeaderLength..HeaderLength];

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Payload => Bytes[HeaderLength..];

    private ushort FragmentWord => BinaryPrimitives.ReadUInt16BigEndian(Bytes[FragmentAt..]);

    /// <summary>Reads a whole packet; bytes after its total length are left out.</summary>
    /// <returns>False when the bytes are no IPv4 packet or not all of it. The header checksum is not looked at.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ipv4 packet)
    {
        if (!TryReadQuoted(bytes, out packet) || packet.TotalLength > bytes.Length)
        {
            packet = default;
            return false;
        }

        packet = new Ipv4(bytes[..packet.TotalLength]);
        return true;
    }

    /// <summary>Reads a packet that may be cut short, as it stands in an ICMP error; only the header must be whole.</summary>
    /// <returns>False when there is no whole IPv4 header.</returns>
    public static bool TryReadQuoted(ReadOnlySpan<byte> bytes, out Ipv4 packet)
    {
        packet = default;
        if (bytes.Length < MinimumHeaderLength || bytes[0] >> 4 != 4)
        {
            return false;
        }

        var headerLength = (bytes[0] & 0x0F) * 4;
        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[TotalLengthAt..]);
        if (headerLength < MinimumHeaderLength || headerLength > bytes.Length || totalLength < headerLength)
        {
            return false;
        }

        packet = new Ipv4(bytes[..Math.Min(totalLength, bytes.Length)]);
        return true;
    }

    /// <summary>Writes a 20-byte header with a right checksum.</summary>
    /// <param name="to">At least 20 bytes.</param>
    /// <param name="source">Source address.</param>
    /// <param name="destination">Destination address.</param>
    /// <param name="protocol">Protocol of the payload.</param>
    /// <param name="payloadLength">Bytes that follow the header, at most 65,515.</param>
    /// <param name="timeToLive">Hops.</param>
    /// <param name="tos">Type of service.</param>
    /// <param name="identification">Identification; zero is right for a packet that must not be fragmented.</param>
    /// <param name="dontFragment">Sets the don't-fragment bit.</param>
    public static void Write(
        Span<byte> to, uint source, uint destination, byte protocol, int payloadLength,
        byte timeToLive = 64, byte tos = 0, ushort identification = 0, bool dontFragment = true)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadLength, ushort.MaxValue - MinimumHeaderLength);
        to[0] = 0x45;
        to[TosAt] = tos;
        BinaryPrimitives.WriteUInt16BigEndian(to[TotalLengthAt..], (ushort)(MinimumHeaderLength + payloadLength));
        BinaryPrimitives.WriteUInt16BigEndian(to[IdentificationAt..], identification);
        BinaryPrimitives.WriteUInt16BigEndian(to[FragmentAt..], dontFragment ? DontFragmentBit : (ushort)0);
        to[TimeToLiveAt] = timeToLive;
        to[ProtocolAt] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(to[ChecksumAt..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(to[SourceAt..], source);
        BinaryPrimitives.WriteUInt32BigEndian(to[DestinationAt..], destination);
        WriteChecksum(to[..MinimumHeaderLength]);
    }

    /// <summary>Makes a header with a right checksum that of a fragment.</summary>
    /// <param name="header">The header without options, as <see cref="Write"/> left it; the checksum is made right again.</param>
    /// <param name="offset">Where the fragment's payload belongs, a multiple of 8.</param>
    /// <param name="more">Whether another fragment follows.</param>
    public static void MakeFragment(Span<byte> header, int offset, bool more)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header[FragmentAt..], (ushort)((offset / 8) | (more ? MoreFragmentsBit : 0)));
        WriteChecksum(header[..MinimumHeaderLength]);
    }

    /// <summary>Computes the header checksum afresh.</summary>
    /// <param name="header">The whole header, options included, and nothing more.</param>
    public static void WriteChecksum(Span<byte> header)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumAt..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumAt..], Checksum.Compute(header));
    }
}
