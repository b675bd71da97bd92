namespace NTMobile.Storage.Pages;

/// <summary>What opening finds in a journal: the batches to bring over into the data file.</summary>
/// <param name="Records">Where each intact record starts and how long it is, in order.</param>
/// <param name="After">The header after the last of them; the data file's own when there is none.</param>
/// <param name="Torn">The journal ends in a batch that was being written when the machine stopped; it was never confirmed to anybody.</param>
internal readonly record struct JournalReplay(IReadOnlyList<Range> Records, StoreHeader After, bool Torn)
{
    /// <summary>Reads a whole journal.</summary>
    /// <param name="journal">The journal's bytes.</param>
    /// <param name="onDisk">The data file's header, null when it is not intact.</param>
    /// <exception cref="StoreDamagedException">Confirmed batches are missing: damage, not a torn write.</exception>
    public static JournalReplay Read(ReadOnlySpan<byte> journal, StoreHeader? onDisk)
    {
        var records = new List<Range>();
        StoreHeader? after = null;
        var at = 0;
        while (JournalRecord.TryRead(journal[at..], out var header, out var size) && Follows(header, after, onDisk))
        {
            records.Add(at..(at + size));
            after = header;
            at += size;
        }

        RefuseRecords(journal[at..]);
        var last = after ?? onDisk ?? throw new StoreDamagedException("its header is damaged and its journal cannot repair it");
        if (onDisk is { } disk && (after?.Sequence ?? disk.Flushed) < disk.Sequence)
        {
            throw new StoreDamagedException("its journal has lost confirmed changes");
        }

        return new JournalReplay(records, last, at < journal.Length);
    }

    // The first record may be one that the data file already has, when the machine stopped before the journal was emptied.
    private static bool Follows(StoreHeader next, StoreHeader? before, StoreHeader? onDisk)
    {
        if (before is { } last)
        {
            return next.Sequence == last.Sequence + 1 && next.StoreId == last.StoreId;
        }

        return onDisk is not { } disk || (next.StoreId == disk.StoreId && next.Sequence <= disk.Flushed + 1)
            ? true
            : throw new StoreDamagedException("its journal belongs to another state of it");
    }

    // Each batch is flushed before the next one is written, so nothing whole can stand behind a torn one.
    private static void RefuseRecords(ReadOnlySpan<byte> rest)
    {
        while (rest.IndexOf(JournalRecord.Magic) is >= 0 and var at)
        {
            rest = rest[at..];
            if (JournalRecord.TryRead(rest, out _, out _))
            {
                throw new StoreDamagedException("its journal is damaged in the middle");
            }

            rest = rest[1..];
        }
    }
}
