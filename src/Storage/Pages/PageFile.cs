namespace NTMobile.Storage.Pages;

/// <summary>
/// A file of pages that is always the state after some whole batch, and whose last confirmed batch survives <c>kill -9</c> and a
/// power loss. One batch goes through these steps:
/// <list type="number">
/// <item>it is appended to the journal and the journal is flushed: from here on it is confirmed;</item>
/// <item>its pages and the header are written into the data file, not flushed;</item>
/// <item>when the journal has become long, the data file is flushed, its header then says so, and the journal is emptied.</item>
/// </list>
/// Opening brings the journal's batches over and then checks every page. Not safe for several threads.
/// </summary>
internal sealed class PageFile : IDisposable
{
    /// <summary>The journal is emptied when it is longer: at most this much is read again at opening.</summary>
    internal const long JournalLimit = 4 << 20;

    private readonly IBlockFile _data;
    private readonly IBlockFile _journal;
    private readonly byte[] _slot = new byte[PageSlot.Size];
    private StoreHeader _header;
    private long _journalEnd;
    private bool _failed;

    private PageFile(IBlockFile data, IBlockFile journal)
    {
        _data = data;
        _journal = journal;
    }

    /// <summary>How many pages there are.</summary>
    public uint Pages => _header.Pages;

    /// <summary>True when a batch that was never confirmed was found half written and left out.</summary>
    public bool LeftOutUnfinished { get; private set; }

    /// <summary>The bytes of a store without pages.</summary>
    public static byte[] Empty(ulong storeId)
    {
        var bytes = new byte[StoreHeader.Size];
        new StoreHeader(storeId, 0, 0, 0).Write(bytes);
        return bytes;
    }

    /// <summary>Opens, repairs from the journal, and checks every page. Takes both files over, also when it throws.</summary>
    /// <exception cref="StoreDamagedException">Something is not as it was written.</exception>
    public static PageFile Open(IBlockFile data, IBlockFile journal)
    {
        var file = new PageFile(data, journal);
        try
        {
            file.Recover();
            file.CheckAll();
            return file;
        }
        catch
        {
            data.Dispose();
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Reads one page, 8192 bytes.</summary>
    /// <exception cref="StoreDamagedException">The page is not as it was written.</exception>
    public void Read(uint index, Span<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _header.Pages);
        if (_data.Read(PageSlot.Offset(index), _slot) != PageSlot.Size || !PageSlot.IsIntact(_slot, index, _header.Sequence))
        {
            throw new StoreDamagedException($"page {index} of {_header.Pages} is not as it was written");
        }

        _slot.AsSpan(0, PageSlot.PageSize).CopyTo(into);
    }

    /// <summary>Writes a batch: when this returns, all of it is durable. After an error nothing can be written any more,
    /// since nobody knows then what the medium has (an fsync that failed once may succeed the next time without having written).</summary>
    /// <param name="pages">Index and content of each page, 8192 bytes; an index behind the last page lengthens the file.</param>
    public void Write(IReadOnlyCollection<KeyValuePair<uint, byte[]>> pages)
    {
        if (_failed)
        {
            throw new StoreException("The store could not be written earlier; restart the service when the disk is sound.");
        }

        _failed = true;
        var count = Math.Max(_header.Pages, pages.Max(page => page.Key) + 1);
        var after = _header with { Sequence = _header.Sequence + 1, Pages = count };
        var record = JournalRecord.Encode(after, pages);
        _journal.Write(_journalEnd, record);
        _journal.Flush();
        _journalEnd += record.Length;
        Apply(record, after);
        if (_journalEnd > JournalLimit)
        {
            EmptyJournal();
        }

        _failed = false;
    }

    /// <summary>Brings everything into the data file and closes both.</summary>
    public void Dispose()
    {
        try
        {
            if (!_failed)
            {
                EmptyJournal();
            }
        }
        finally
        {
            _data.Dispose();
            _journal.Dispose();
        }
    }

    private void Recover()
    {
        var start = new byte[StoreHeader.Size];
        var have = _data.Read(0, start);
        StoreHeader? onDisk = StoreHeader.TryRead(start.AsSpan(0, have), out var header) ? header : null;
        var journal = new byte[_journal.Length];
        _journal.Read(0, journal);
        var replay = JournalReplay.Read(journal, onDisk);
        _header = onDisk ?? replay.After;
        foreach (var range in replay.Records)
        {
            _ = JournalRecord.TryRead(journal.AsSpan(range), out var after, out _);
            Apply(journal.AsSpan(range), after);
        }

        _journalEnd = journal.Length;
        LeftOutUnfinished = replay.Torn;
        EmptyJournal();
    }

    private void Apply(ReadOnlySpan<byte> record, StoreHeader after)
    {
        for (var entry = 0; entry < JournalRecord.Count(record); entry++)
        {
            JournalRecord.Page(record, entry, out var index).CopyTo(_slot);
            PageSlot.Seal(_slot, index, after.Sequence);
            _data.Write(PageSlot.Offset(index), _slot);
        }

        WriteHeader(after with { Flushed = _header.Flushed });
    }

    private void WriteHeader(StoreHeader header)
    {
        Span<byte> bytes = stackalloc byte[StoreHeader.Size];
        header.Write(bytes);
        _data.Write(0, bytes);
        _header = header;
    }

    private void EmptyJournal()
    {
        if (_journalEnd == 0)
        {
            return;
        }

        _data.Flush();
        WriteHeader(_header with { Flushed = _header.Sequence });
        _data.Flush();
        _journal.SetLength(0);
        _journal.Flush();
        _journalEnd = 0;
    }

    private void CheckAll()
    {
        var page = new byte[PageSlot.PageSize];
        for (var index = 0u; index < _header.Pages; index++)
        {
            Read(index, page);
        }
    }
}
