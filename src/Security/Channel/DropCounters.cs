using System.Runtime.CompilerServices;

namespace NTMobile.Security.Channel;

/// <summary>How often something was dropped, by reason. Written by one thread, read by any.</summary>
/// <typeparam name="TReason">An enum of <see cref="int"/> whose values count up from zero.</typeparam>
public sealed class DropCounters<TReason>
    where TReason : struct, Enum
{
    private readonly long[] _counts = new long[Enum.GetValues<TReason>().Length];

    /// <summary>Drops for one reason since the start.</summary>
    public long this[TReason reason] => Volatile.Read(ref _counts[Index(reason)]);

    /// <summary>Counts one drop, or several.</summary>
    public void Add(TReason reason, long count = 1) => _counts[Index(reason)] += count;

    /// <summary>The reasons that occurred, with their counts.</summary>
    public IEnumerable<KeyValuePair<TReason, long>> NonZero() =>
        Enum.GetValues<TReason>().Select(reason => KeyValuePair.Create(reason, this[reason])).Where(pair => pair.Value != 0);

    private static int Index(TReason reason) => Unsafe.BitCast<TReason, int>(reason);
}
