using System.Buffers.Binary;

namespace NTMobile.Packets;

/// <summary>Flags of the TCP header, in the order of their bits (RFC 9293 §3.1).</summary>
[Flags]
public enum TcpFlags : byte
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>No more data from the sender.</summary>
    Fin = 0x01,

    /// <summary>Synchronise sequence numbers.</summary>
    Syn = 0x02,

    /// <summary>Reset the connection.</summary>
    Rst = 0x04,

    /// <summary>Push.</summary>
    Psh = 0x08,

    /// <summary>The acknowledgement number counts.</summary>
    Ack = 0x10,

    /// <summary>The urgent pointer counts.</summary>
    Urg = 0x20,

    /// <summary>ECN echo (RFC 3168).</summary>
    Ece = 0x40,

    /// <summary>Congestion window reduced (RFC 3168).</summary>
    Cwr = 0x80,
}

/// <summary>
/// A view of a TCP segment (RFC 9293 §3.1).
/// <code>
///  0: source port 16     2: destination port 16     4: sequence 32     8: acknowledgement 32
/// 12: header words 4 | reserved 4    13: flags 8   14: window 16      16: checksum 16    18: urgent pointer 16   20: options
/// </code>
/// </summary>
public readonly ref struct Tcp
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinimumHeaderLength = 20;

    /// <summary>Offset of the sequence number.</summary>
    public const int SequenceAt = 4;

    /// <summary>Offset of the acknowledgement number.</summary>
    public const int AcknowledgementAt = 8;

    /// <summary>Offset of the byte with the header's length in its upper half.</summary>
    public const int HeaderWordsAt = 12;

    /// <summary>Offset of the flags.</summary>
    public const int FlagsAt = 13;

    /// <summary>Offset of the window.</summary>
    public const int WindowAt = 14;

    /// <summary>Offset of the checksum.</summary>
    public const int ChecksumAt = 16;

    private Tcp(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>Header and payload.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Source port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(Bytes);

    /// <summary>Destination port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(Bytes[2..]);

    /// <summary>Sequence number of the first payload byte.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(Bytes[SequenceAt..]);

    /// <summary>Acknowledgement number.</summary>
    public uint Acknowledgement => BinaryPrimitives.ReadUInt32BigEndian(Bytes[AcknowledgementAt..]);

    /// <summary>Bytes of the header with its options.</summary>
    public int HeaderLength => (Bytes[HeaderWordsAt] >> 4) * 4;

    /// <summary>Flags.</summary>
    public TcpFlags Flags => (TcpFlags)Bytes[FlagsAt];

    /// <summary>Window, not scaled.</summary>
    public ushort Window => BinaryPrimitives.ReadUInt16BigEndian(Bytes[WindowAt..]);

    /// <summary>Checksum; in a packet with a partial checksum, the pseudo-header's sum.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(Bytes[ChecksumAt..]);

    /// <summary>Options, possibly empty.</summary>
    public ReadOnlySpan<byte> Options => Bytes[MinimumHeaderLength..HeaderLength];

    /// <summary>Payload.</summary>
    public ReadOnlySpan<byte> Payload => Bytes[HeaderLength..];

    /// <summary>Reads a segment.</summary>
    /// <param name="bytes">The IP packet's payload.</param>
    /// <param name="segment">The view.</param>
    /// <returns>False when the header is not whole or states a wrong length.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Tcp segment)
    {
        segment = default;
        if (bytes.Length < MinimumHeaderLength)
        {
            return false;
        }

        var headerLength = (bytes[HeaderWordsAt] >> 4) * 4;
        if (headerLength < MinimumHeaderLength || headerLength > bytes.Length)
        {
            return false;
        }

        segment = new Tcp(bytes);
        return true;
    }

    /// <summary>Finds the maximum-segment-size option (kind 2), which stands in SYN segments only.</summary>
    /// <param name="options">A header's options.</param>
    /// <param name="valueAt">Offset of the 16-bit value within <paramref name="options"/>.</param>
    /// <returns>False when there is none or the options are malformed before it.</returns>
    public static bool TryFindMaximumSegmentSize(ReadOnlySpan<byte> options, out int valueAt)
    {
        valueAt = 0;
        for (var at = 0; at < options.Length;)
        {
            var kind = options[at];
            if (kind == 1)
            {
                at++;
                continue;
            }

            if (kind == 0 || at + 1 >= options.Length || options[at + 1] < 2 || at + options[at + 1] > options.Length)
            {
                return false;
            }

            if (kind == 2 && options[at + 1] == 4)
            {
                valueAt = at + 2;
                return true;
            }

            at += options[at + 1];
        }

        return false;
    }
}
