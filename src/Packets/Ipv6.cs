using System.Buffers.Binary;

namespace NTMobile.Packets;

/// <summary>
/// A view of an IPv6 packet (RFC 8200); extension headers are walked once, when it is read.
/// <code>
/// 0: version 4 | traffic class 8 | flow label 20     4: payload length 16   6: next header 8   7: hop limit 8
/// 8: source 128                                      24: destination 128    40: extension headers, then the payload
/// </code>
/// </summary>
public readonly ref struct Ipv6
{
    /// <summary>Bytes of the fixed header.</summary>
    public const int HeaderLength = 40;

    /// <summary>Offset of the payload length.</summary>
    public const int PayloadLengthAt = 4;

    /// <summary>Offset of the next-header number.</summary>
    public const int NextHeaderAt = 6;

    /// <summary>Offset of the hop limit.</summary>
    public const int HopLimitAt = 7;

    /// <summary>Offset of the source address.</summary>
    public const int SourceAt = 8;

    /// <summary>Offset of the destination address.</summary>
    public const int DestinationAt = 24;

    /// <summary>Bytes of a fragment header.</summary>
    public const int FragmentHeaderLength = 8;

    private Ipv6(ReadOnlySpan<byte> bytes, byte protocol, int transportAt, int fragmentAt)
    {
        Bytes = bytes;
        Protocol = protocol;
        TransportAt = transportAt;
        FragmentHeaderAt = fragmentAt;
    }

    /// <summary>The packet: headers and payload, without bytes that followed it.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Protocol after the extension headers, see <see cref="IpProtocol"/>.</summary>
    public byte Protocol { get; }

    /// <summary>Where that protocol's bytes begin.</summary>
    public int TransportAt { get; }

    /// <summary>Where the fragment header begins, or zero when there is none.</summary>
    public int FragmentHeaderAt { get; }

    /// <summary>Traffic class: DSCP in the upper six bits, ECN in the lower two.</summary>
    public byte TrafficClass => (byte)(BinaryPrimitives.ReadUInt16BigEndian(Bytes) >> 4);

    /// <summary>Flow label, 20 bits.</summary>
    public int FlowLabel => (int)(BinaryPrimitives.ReadUInt32BigEndian(Bytes) & 0xF_FFFF);

    /// <summary>Bytes after the fixed header.</summary>
    public int PayloadLength => BinaryPrimitives.ReadUInt16BigEndian(Bytes[PayloadLengthAt..]);

    /// <summary>Hop limit.</summary>
    public byte HopLimit => Bytes[HopLimitAt];

    /// <summary>Source address.</summary>
    public UInt128 Source => BinaryPrimitives.ReadUInt128BigEndian(Bytes[SourceAt..]);

    /// <summary>Destination address.</summary>
    public UInt128 Destination => BinaryPrimitives.ReadUInt128BigEndian(Bytes[DestinationAt..]);

    /// <summary>Whether this is a fragment, the first one included; an atomic fragment (RFC 6946) is none.</summary>
    public bool IsFragment => FragmentHeaderAt != 0 && (FragmentWord & 0xFFF9) != 0;

    /// <summary>Where this fragment's payload belongs, in bytes.</summary>
    public int FragmentOffset => FragmentHeaderAt == 0 ? 0 : FragmentWord & 0xFFF8;

    /// <summary>Whether another fragment follows.</summary>
    public bool MoreFragments => FragmentHeaderAt != 0 && (FragmentWord & 1) != 0;

    /// <summary>Identification of the fragments of a packet; zero when it is none.</summary>
    public uint Identification => FragmentHeaderAt == 0 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(Bytes[(FragmentHeaderAt + 4)..]);

    /// <summary>The upper-layer header and its payload.</summary>
    public ReadOnlySpan<byte> Payload => Bytes[TransportAt..];

    private ushort FragmentWord => BinaryPrimitives.ReadUInt16BigEndian(Bytes[(FragmentHeaderAt + 2)..]);

    /// <summary>Reads a whole packet; bytes after its payload length are left out. Jumbograms (RFC 2675) are not read.</summary>
    /// <returns>False when the bytes are no IPv6 packet, not all of it, or its extension headers do not fit.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ipv6 packet)
    {
        packet = default;
        if (bytes.Length < HeaderLength || bytes[0] >> 4 != 6)
        {
            return false;
        }

        var length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(bytes[PayloadLengthAt..]);
        if (length > bytes.Length)
        {
            return false;
        }

        bytes = bytes[..length];
        if (!TryWalk(bytes, out var protocol, out var at, out var fragmentAt))
        {
            return false;
        }

        packet = new Ipv6(bytes, protocol, at, fragmentAt);
        return true;
    }

    /// <summary>Reads a packet that may be cut short, as it stands in an ICMPv6 error; the headers must be whole.</summary>
    /// <returns>False when they are not.</returns>
    public static bool TryReadQuoted(ReadOnlySpan<byte> bytes, out Ipv6 packet)
    {
        packet = default;
        if (bytes.Length < HeaderLength || bytes[0] >> 4 != 6)
        {
            return false;
        }

        var length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(bytes[PayloadLengthAt..]);
        bytes = bytes[..Math.Min(length, bytes.Length)];
        if (!TryWalk(bytes, out var protocol, out var at, out var fragmentAt))
        {
            return false;
        }

        packet = new Ipv6(bytes, protocol, at, fragmentAt);
        return true;
    }

    /// <summary>Writes the fixed header, with a flow label of zero.</summary>
    /// <param name="to">At least 40 bytes.</param>
    /// <param name="source">Source address.</param>
    /// <param name="destination">Destination address.</param>
    /// <param name="nextHeader">What follows.</param>
    /// <param name="payloadLength">Bytes that follow, at most 65,535.</param>
    /// <param name="hopLimit">Hops.</param>
    /// <param name="trafficClass">Traffic class.</param>
    public static void Write(
        Span<byte> to, UInt128 source, UInt128 destination, byte nextHeader, int payloadLength, byte hopLimit = 64, byte trafficClass = 0)
    {
        BinaryPrimitives.WriteUInt32BigEndian(to, (6U << 28) | ((uint)trafficClass << 20));
        BinaryPrimitives.WriteUInt16BigEndian(to[PayloadLengthAt..], checked((ushort)payloadLength));
        to[NextHeaderAt] = nextHeader;
        to[HopLimitAt] = hopLimit;
        BinaryPrimitives.WriteUInt128BigEndian(to[SourceAt..], source);
        BinaryPrimitives.WriteUInt128BigEndian(to[DestinationAt..], destination);
    }

    /// <summary>Writes a fragment header (RFC 8200 §4.5).</summary>
    /// <param name="to">At least <see cref="FragmentHeaderLength"/> bytes.</param>
    /// <param name="nextHeader">What the fragments together hold.</param>
    /// <param name="offset">Where this fragment's payload belongs, a multiple of 8.</param>
    /// <param name="more">Whether another fragment follows.</param>
    /// <param name="identification">Common to all fragments of a packet.</param>
    public static void WriteFragmentHeader(Span<byte> to, byte nextHeader, int offset, bool more, uint identification)
    {
        to[0] = nextHeader;
        to[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)(offset | (more ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(to[4..], identification);
    }

    private static bool TryWalk(ReadOnlySpan<byte> bytes, out byte protocol, out int at, out int fragmentAt)
    {
        protocol = bytes[NextHeaderAt];
        at = HeaderLength;
        fragmentAt = 0;
        while (protocol is IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.DestinationOptions or IpProtocol.Fragment)
        {
            if (bytes.Length - at < FragmentHeaderLength)
            {
                return false;
            }

            var length = protocol == IpProtocol.Fragment ? FragmentHeaderLength : (bytes[at + 1] + 1) * 8;
            if (protocol == IpProtocol.Fragment)
            {
                fragmentAt = at;
            }

            protocol = bytes[at];
            at += length;
            if (at > bytes.Length)
            {
                return false;
            }

            // What follows the header of a later fragment is payload, not a header.
            if (fragmentAt != 0 && (BinaryPrimitives.ReadUInt16BigEndian(bytes[(fragmentAt + 2)..]) & 0xFFF8) != 0)
            {
                return true;
            }
        }

        return true;
    }
}
