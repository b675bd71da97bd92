using System.Buffers.Binary;

namespace NTMobile.Storage.Pages;

/// <summary>One page in the data file. Numbers are little-endian.
/// <code>
///  0                 8192       8200    8204    8208
///  +-----------------+----------+-------+-------+
///  | page            | sequence | index | CRC   |
///  +-----------------+----------+-------+-------+
/// </code>
/// <c>sequence</c> is the batch that wrote the page, <c>index</c> its place: a page in another's place is found too.
/// </summary>
internal static class PageSlot
{
    /// <summary>Bytes of a page of the database engine.</summary>
    public const int PageSize = 8192;

    /// <summary>Bytes of a page with its trailer.</summary>
    public const int Size = PageSize + 16;

    private const int SequenceAt = PageSize;
    private const int IndexAt = PageSize + 8;
    private const int CrcAt = PageSize + 12;

    /// <summary>Where the slot stands in the data file.</summary>
    public static long Offset(uint index) => StoreHeader.Size + ((long)index * Size);

    /// <summary>Writes the trailer behind the page in <paramref name="slot"/>.</summary>
    public static void Seal(Span<byte> slot, uint index, ulong sequence)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(slot[SequenceAt..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[IndexAt..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[CrcAt..], Crc32C.Of(slot[..CrcAt]));
    }

    /// <summary>True when the slot is what <see cref="Seal"/> left for this place, by a batch not later than <paramref name="newest"/>.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> slot, uint index, ulong newest) =>
        BinaryPrimitives.ReadUInt32LittleEndian(slot[CrcAt..]) == Crc32C.Of(slot[..CrcAt])
        && BinaryPrimitives.ReadUInt32LittleEndian(slot[IndexAt..]) == index
        && BinaryPrimitives.ReadUInt64LittleEndian(slot[SequenceAt..]) <= newest;
}
