using System.Buffers.Binary;

namespace NTMobile.Wire;

/// <summary>The five bytes before a part of a packet in a Fragment datagram (protocol.md §1.3).</summary>
/// <remarks>
/// <code>
///  0        1        2        3              5
///  +--------+--------+--------+--------------+-----------------------------------+
///  | whole  | index  | count  | length (2)   | part of the content of the whole  |
///  +--------+--------+--------+--------------+-----------------------------------+
///  whole: 0x20 Data or 0x21 DataFull
/// </code>
/// The parts of one packet are sealed under consecutive counters, so the counter less the index names the packet. All parts but the last have the
/// length that <see cref="PartSize"/> tells.
/// </remarks>
/// <param name="Whole">What the parts make together: Data or DataFull.</param>
/// <param name="Index">Which part, from 0.</param>
/// <param name="Count">How many parts there are, at least 2.</param>
/// <param name="Length">Bytes of the whole content.</param>
public readonly record struct FragmentHeader(DatagramType Whole, byte Index, byte Count, ushort Length)
{
    /// <summary>Bytes that it takes.</summary>
    public const int Size = 5;

    private const int IndexAt = 1;
    private const int CountAt = 2;
    private const int LengthAt = 3;

    /// <summary>Bytes of every part but the last, which may be shorter.</summary>
    public int PartSize => (Length + Count - 1) / Count;

    /// <summary>Where in the whole this part begins.</summary>
    public int Offset => Index * PartSize;

    /// <summary>Reads the header from the opened content of a Fragment datagram.</summary>
    /// <returns>False if a field makes no sense, or the part behind it has not the length that it must have.</returns>
    public static bool TryRead(ReadOnlySpan<byte> content, out FragmentHeader header)
    {
        header = default;
        if (content.Length <= Size)
        {
            return false;
        }

        var read = new FragmentHeader(
            (DatagramType)content[0], content[IndexAt], content[CountAt], BinaryPrimitives.ReadUInt16BigEndian(content[LengthAt..]));
        if (read.Whole is not (DatagramType.Data or DatagramType.DataFull) || read.Count < 2 || read.Index >= read.Count
            || content.Length - Size != Math.Min(read.PartSize, read.Length - read.Offset))
        {
            return false;
        }

        header = read;
        return true;
    }

    /// <summary>Writes the header to the beginning of the content.</summary>
    public void Write(Span<byte> content)
    {
        BinaryPrimitives.WriteUInt16BigEndian(content[LengthAt..], Length);
        content[CountAt] = Count;
        content[IndexAt] = Index;
        content[0] = (byte)Whole;
    }
}
