using System.Buffers.Binary;

namespace NTMobile.Wire;

/// <summary>Asks whether translated packets arrive, or says that one did: the payload of an ordinary TCP segment or UDP datagram on a lane.</summary>
/// <remarks>
/// <code>
///  0            8          9            13            17         33
///  +------------+----------+------------+-------------+----------+----------+
///  | marker (8) | kind (1) | number (4) | packets (4) | tag (16) | zeros …  |
///  +------------+----------+------------+-------------+----------+----------+
/// </code>
/// Marker and tag follow from the agreement's keys. Zeros are padding: the whole packet is the probe.
/// </remarks>
/// <param name="IsAnswer">Kind 2; else 1.</param>
/// <param name="Number">Numbers a lane's probes from 1; an answer has that of its probe.</param>
/// <param name="Packets">Data packets that went out on the lane before the probe; in an answer, those that have come in.</param>
public readonly record struct TranslationProbe(bool IsAnswer, uint Number, uint Packets)
{
    /// <summary>Bytes of the marker.</summary>
    public const int MarkerSize = 8;

    /// <summary>Bytes of the tag.</summary>
    public const int TagSize = 16;

    /// <summary>Where the tag begins; it covers all before.</summary>
    public const int TagAt = NumberAt + 8;

    /// <summary>Bytes without padding.</summary>
    public const int Size = TagAt + TagSize;

    private const int KindAt = MarkerSize;
    private const int NumberAt = KindAt + 1;
    private const int PacketsAt = NumberAt + 4;

    /// <summary>Reads what stands between marker and tag.</summary>
    /// <param name="payload">The whole payload.</param>
    /// <param name="probe">What it says; authentic only if the tag is right.</param>
    /// <returns>False: too short, or of no known kind.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out TranslationProbe probe)
    {
        var good = payload.Length >= Size && payload[KindAt] is 1 or 2;
        probe = good
            ? new(payload[KindAt] == 2, BinaryPrimitives.ReadUInt32BigEndian(payload[NumberAt..]), BinaryPrimitives.ReadUInt32BigEndian(payload[PacketsAt..]))
            : default;
        return good;
    }

    /// <summary>Writes marker and fields; the tag is still to come.</summary>
    /// <param name="payload">The whole payload, at least <see cref="Size"/> bytes.</param>
    /// <param name="marker">The marker as a number.</param>
    public void Write(Span<byte> payload, ulong marker)
    {
        payload.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(payload, marker);
        payload[KindAt] = IsAnswer ? (byte)2 : (byte)1;
        BinaryPrimitives.WriteUInt32BigEndian(payload[NumberAt..], Number);
        BinaryPrimitives.WriteUInt32BigEndian(payload[PacketsAt..], Packets);
    }
}
