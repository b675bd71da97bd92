namespace NTMobile.RouterCore;

/// <summary>One counter for each <see cref="DropReason"/>. Any thread may add; readers see sums that may lag.</summary>
public sealed class DropCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<DropReason>().Length];

    /// <summary>Counts one drop.</summary>
    public void Add(DropReason reason) => Add(reason, 1);

    /// <summary>Counts several.</summary>
    public void Add(DropReason reason, long count) => Interlocked.Add(ref _counts[(int)reason], count);

    /// <summary>How often packets were dropped for this reason since the start.</summary>
    public long this[DropReason reason] => Interlocked.Read(ref _counts[(int)reason]);

    /// <summary>The reasons that occurred, with their counts.</summary>
    public IReadOnlyDictionary<DropReason, long> Snapshot() =>
        Enum.GetValues<DropReason>().Where(r => r != DropReason.None && this[r] > 0).ToDictionary(r => r, r => this[r]);
}
