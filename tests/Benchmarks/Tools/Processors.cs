using System.Globalization;

namespace NTMobile.Benchmarks;

/// <summary>The processors' time since the machine began, as /proc/stat has it, in its ticks.</summary>
/// <param name="All">All time.</param>
/// <param name="Stolen">Time in which the host of a virtual machine ran something else.</param>
internal readonly record struct Processors(long All, long Stolen)
{
    private const int StolenAt = 7; // user nice system idle iowait irq softirq steal, proc(5); what follows is counted in these too

    /// <summary>Until now.</summary>
    public static Processors Now()
    {
        long[] ticks = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Take(StolenAt + 1).Select(t => long.Parse(t, CultureInfo.InvariantCulture))];
        return new(ticks.Sum(), ticks[StolenAt]);
    }

    /// <summary>Stolen time since an earlier moment, in %.</summary>
    public double StolenPercentSince(Processors earlier) => 100.0 * (Stolen - earlier.Stolen) / Math.Max(1, All - earlier.All);
}
