using System.Buffers.Binary;

namespace NTMobile.Storage.Pages;

/// <summary>The first bytes of a store's data file. Numbers are little-endian.
/// <code>
///  0          8         12         20         28        36       40      44
///  +----------+---------+----------+----------+---------+--------+-------+
///  | NTMSTORE | version | store id | sequence | flushed | pages  | CRC   |   zeros to 4096, then one slot per page
///  +----------+---------+----------+----------+---------+--------+-------+
/// </code>
/// <c>store id</c> ties the journal to the data file; <c>sequence</c> is the number of the last batch written; batches up to
/// <c>flushed</c> are durable in the data file, so later ones must stand in the journal; <c>pages</c> is how many slots follow.
/// </summary>
internal readonly record struct StoreHeader(ulong StoreId, ulong Sequence, ulong Flushed, uint Pages)
{
    /// <summary>Bytes before the first slot: one block of the usual file systems.</summary>
    public const int Size = 4096;

    private const int VersionAt = 8;
    private const int StoreIdAt = 12;
    private const int SequenceAt = 20;
    private const int FlushedAt = 28;
    private const int PagesAt = 36;
    private const int CrcAt = 40;
    private const int Used = 44;
    private const uint CurrentVersion = 1;

    private static ReadOnlySpan<byte> Magic => "NTMSTORE"u8;

    /// <summary>Writes the header; <paramref name="into"/> has at least <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> into)
    {
        into[..Size].Clear();
        Magic.CopyTo(into);
        BinaryPrimitives.WriteUInt32LittleEndian(into[VersionAt..], CurrentVersion);
        BinaryPrimitives.WriteUInt64LittleEndian(into[StoreIdAt..], StoreId);
        BinaryPrimitives.WriteUInt64LittleEndian(into[SequenceAt..], Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(into[FlushedAt..], Flushed);
        BinaryPrimitives.WriteUInt32LittleEndian(into[PagesAt..], Pages);
        BinaryPrimitives.WriteUInt32LittleEndian(into[CrcAt..], Crc32C.Of(into[..CrcAt]));
    }

    /// <summary>False when the bytes are no intact header.</summary>
    /// <exception cref="StoreException">The header is intact, but of a later version.</exception>
    public static bool TryRead(ReadOnlySpan<byte> from, out StoreHeader header)
    {
        header = default;
        if (from.Length < Used || !from.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(from[CrcAt..]) != Crc32C.Of(from[..CrcAt]))
        {
            return false;
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(from[VersionAt..]);
        if (version != CurrentVersion)
        {
            throw new StoreException($"The store has format {version}; this program knows format {CurrentVersion}. Install a newer version of the program; nothing was changed.");
        }

        header = new StoreHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(from[StoreIdAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[SequenceAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[FlushedAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[PagesAt..]));
        return true;
    }
}
