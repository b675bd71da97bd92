using System.Buffers.Binary;

namespace NTMobile.Storage.Pages;

/// <summary>One batch of pages in the journal: all of it counts or nothing. Numbers are little-endian.
/// <code>
///  0      4          12         20        24      28
///  +------+----------+----------+---------+-------+---------------------------+-----+
///  | NTMJ | store id | sequence | pages   | count | count × (index 4, page)   | CRC |
///  +------+----------+----------+---------+-------+---------------------------+-----+
/// </code>
/// <c>pages</c> is how many pages the store has after this batch.
/// </summary>
internal static class JournalRecord
{
    private const int StoreIdAt = 4;
    private const int SequenceAt = 12;
    private const int PagesAt = 20;
    private const int CountAt = 24;
    private const int EntriesAt = 28;
    private const int EntrySize = 4 + PageSlot.PageSize;
    private const int CrcSize = 4;

    /// <summary>The first bytes of each record.</summary>
    public static ReadOnlySpan<byte> Magic => "NTMJ"u8;

    /// <summary>Makes the record's bytes.</summary>
    public static byte[] Encode(StoreHeader after, IReadOnlyCollection<KeyValuePair<uint, byte[]>> pages)
    {
        var record = new byte[EntriesAt + (pages.Count * EntrySize) + CrcSize];
        Magic.CopyTo(record);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(StoreIdAt), after.StoreId);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(SequenceAt), after.Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(PagesAt), after.Pages);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(CountAt), pages.Count);
        var at = EntriesAt;
        foreach (var (index, page) in pages)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(at), index);
            page.CopyTo(record, at + 4);
            at += EntrySize;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(at), Crc32C.Of(record.AsSpan(0, at)));
        return record;
    }

    /// <summary>Reads the record that starts with the first byte of <paramref name="from"/>; false when it is torn or no record.</summary>
    /// <param name="from">The journal from here to its end.</param>
    /// <param name="after">The header after this batch; how much is flushed does not stand in a record.</param>
    /// <param name="size">The record's bytes.</param>
    public static bool TryRead(ReadOnlySpan<byte> from, out StoreHeader after, out int size)
    {
        after = default;
        size = 0;
        if (from.Length < EntriesAt + CrcSize || !from.StartsWith(Magic))
        {
            return false;
        }

        var count = BinaryPrimitives.ReadUInt32LittleEndian(from[CountAt..]);
        var body = EntriesAt + (count * (long)EntrySize);
        if (body + CrcSize > from.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(from[(int)body..]) != Crc32C.Of(from[..(int)body]))
        {
            return false;
        }

        after = new StoreHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(from[StoreIdAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[SequenceAt..]),
            Flushed: 0,
            BinaryPrimitives.ReadUInt32LittleEndian(from[PagesAt..]));
        size = (int)body + CrcSize;
        return true;
    }

    /// <summary>How many pages an intact record has.</summary>
    public static int Count(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record[CountAt..]);

    /// <summary>One page of an intact record.</summary>
    public static ReadOnlySpan<byte> Page(ReadOnlySpan<byte> record, int entry, out uint index)
    {
        var at = EntriesAt + (entry * EntrySize);
        index = BinaryPrimitives.ReadUInt32LittleEndian(record[at..]);
        return record.Slice(at + 4, PageSlot.PageSize);
    }
}
