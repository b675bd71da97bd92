namespace NTMobile.Benchmarks;

/// <summary>What several runs of one measurement gave, in the measurement's unit.</summary>
internal readonly record struct Spread(double Min, double Median, double Max)
{
    /// <summary>Of at least one run.</summary>
    public static Spread Of(IEnumerable<double> runs)
    {
        double[] sorted = [.. runs.Order()];
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new(sorted[0], median, sorted[^1]);
    }
}
