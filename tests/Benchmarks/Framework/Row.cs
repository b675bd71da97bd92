using System.Globalization;
using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>
/// One measurement by every way. Runs of the ways alternate, so that what else the machine does falls on all. A rival that cannot be measured
/// is named with the reason and left out.
/// </summary>
/// <param name="Key">Where its figures stand: `throughput.tcp1`.</param>
/// <param name="Title">For people.</param>
/// <param name="Measures">The numbers of a run; the first one is the one that counts.</param>
/// <param name="RunAsync">Measures once by a way and returns the numbers in their order.</param>
internal sealed record Row(string Key, string Title, IReadOnlyList<Measure> Measures, Func<Way, Task<double[]>> RunAsync)
{
    // Time is short: a rival far behind the best one is measured once and no more.
    private const double Slow = 0.5;

    /// <summary>True: also a slow rival gets all runs. For rows where less is better, too.</summary>
    public bool AllRivals { get; init; }

    /// <summary>Measures all, prints a table and adds the figures.</summary>
    public async Task<RowResult> MeasureAsync(Bench bench, TwoRouters routers)
    {
        Console.WriteLine($"{Key}: {Title}");
        bench.Figures.About($"rows.{Key}", Title);
        var result = new RowResult(routers);
        List<Way> ways = [.. routers.Ways];
        var before = Processors.Now();
        for (var run = 0; run < bench.Options.Runs; run++)
        {
            await RunAllAsync(ways, run, result).ConfigureAwait(false);
            if (run == 0 && !AllRivals)
            {
                ways.RemoveAll(w => w.Kind == WayKind.Rival && result.Median(w) < Slow * result.BestRival(ways));
            }
        }

        await routers.Ntm.CheckDirectAsync().ConfigureAwait(false);
        var stolen = Processors.Now().StolenPercentSince(before);
        Print(result, bench.Options.Runs);
        Console.WriteLine(FormattableString.Invariant($"  {"(the host of this machine took",-52}{stolen,9:F1} % of its processors)"));
        bench.Figures.Add($"{Key}.stolen_percent", stolen);
        foreach (var way in result.Ways)
        {
            for (var m = 0; m < Measures.Count; m++)
            {
                bench.Figures.Add($"{Key}.{way.Key}_{Measures[m].Suffix}", result.Spread(way, m));
            }
        }

        return result;
    }

    private async Task RunAllAsync(List<Way> ways, int run, RowResult result)
    {
        foreach (var way in ways.ToArray())
        {
            try
            {
                var numbers = await RunAsync(way).ConfigureAwait(false);
                result.Add(way, numbers);
                Console.WriteLine($"  run {run + 1}  {way.Key,-20}{string.Join("  ", numbers.Zip(Measures, (n, m) => $"{Number(n)} {m.Unit}"))}");
            }
            catch (LabException e) when (way.Kind == WayKind.Rival)
            {
                Console.WriteLine($"  {way.Key} is left out of this row: {e.Message}");
                ways.Remove(way);
                result.Remove(way);
            }
        }
    }

    private void Print(RowResult result, int runs)
    {
        Console.WriteLine();
        Console.WriteLine($"  {Measures[0].Unit,-52}{"min",9}{"median",9}{"max",9}{string.Concat(Measures.Skip(1).Select(m => $"{m.Unit,14}"))}");
        foreach (var way in result.Ways)
        {
            var spread = result.Spread(way, 0);
            var others = string.Concat(Enumerable.Range(1, Measures.Count - 1).Select(m => $"{Number(result.Median(way, m)),14}"));
            var few = result.Runs(way) < runs ? $"  {result.Runs(way)} run: below half of the best rival" : "";
            Console.WriteLine($"  {way.Title,-52}{Number(spread.Min),9}{Number(spread.Median),9}{Number(spread.Max),9}{others}{few}");
        }
    }

    private static string Number(double number) =>
        number.ToString(Math.Abs(number) switch { >= 1000 => "F0", >= 100 => "F1", _ => "F2" }, CultureInfo.InvariantCulture);
}
