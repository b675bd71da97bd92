using System.Globalization;
using NTMobile.Lab;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>
/// Every preset × every preset: connected, directly where the NATs allow it, and how soon; and the pairs where a direct path has to be guessed at, often.
/// </summary>
internal static class GridPart
{
    private static readonly TimeSpan DirectWithin = TimeSpan.FromSeconds(15);

    public static async Task RunAsync(Bench bench)
    {
        var pairs = bench.Options.Wants("grid.pairs") ? await WalkAsync(bench).ConfigureAwait(false) : [];
        var trials = bench.Options.Wants("grid.hard_pairs") ? await HardTrials.RunAsync().ConfigureAwait(false) : [];
        HardTrial[] hard =
        [
            .. pairs.Where(p => p.Expected == GridPath.Hard).Select(p => new HardTrial(IsOf(p, Presets.Sequential) ? Presets.Sequential : Presets.Symmetric, p.IsDirect ? p.DirectMs : null)),
            .. trials,
        ];
        if (hard.Length > 0)
        {
            ReportHard(bench, hard);
        }
    }

    private static bool IsOf(GridPair pair, Preset preset) => pair.From == preset || pair.To == preset;

    private static async Task<IReadOnlyList<GridPair>> WalkAsync(Bench bench)
    {
        Console.WriteLine($"grid: setting up two routers at each of {GridPlan.Kinds.Count} presets …");
        await using var world = await ProductWorld.CreateAsync(builder => GridWalk.Describe(builder, GridPlan.All)).ConfigureAwait(false);
        var walk = await GridWalk.PrepareAsync(world, GridPlan.All).ConfigureAwait(false);
        var pairs = new List<GridPair>();
        foreach (var (from, to) in GridPlan.All)
        {
            var patience = GridPlan.Expected(from, to) == GridPath.Hard ? HardTrials.Within : DirectWithin;
            pairs.Add(await walk.WalkAsync(from, to, patience).ConfigureAwait(false));
            Console.WriteLine($"  {pairs[^1]}");
        }

        Console.WriteLine($"\nms from the query for the name to the first byte of a page; direct or hard (direct against a hard NAT), by IPv4 or IPv6 outside, or relay:\n{GridTable.Draw(pairs)}");
        ReportPairs(bench, pairs);
        return pairs;
    }

    private static void ReportPairs(Bench bench, List<GridPair> pairs)
    {
        var possible = pairs.Where(p => p.Expected is GridPath.Direct or GridPath.DirectByIPv6).ToList();
        var byIPv6 = pairs.Where(p => p.Expected == GridPath.DirectByIPv6).ToList();
        var connected = pairs.Where(p => p.IsConnected).ToList();
        bench.Figures.Add("grid.pairs", pairs.Count);
        bench.Figures.Add("grid.connected", connected.Count);
        bench.Figures.Add("grid.direct_possible", possible.Count);
        bench.Figures.Add("grid.direct", possible.Count(p => p.IsDirect));
        bench.Figures.About("grid.direct", "of direct_possible: pairs that a direct path can always be had for; hard_pairs come on top");
        bench.Figures.Add("grid.ipv6_possible", byIPv6.Count);
        bench.Figures.Add("grid.ipv6", byIPv6.Count(p => p is { IsDirect: true, IsByIPv6: true }));
        bench.Figures.About("grid.ipv6", "of ipv6_possible: pairs with IPv6 outside at both ends, which direct counts too");
        if (connected.Count > 0)
        {
            bench.Figures.Add("grid.setup_ms", Spread.Of(connected.Select(p => p.SetupMs)));
        }

        Console.WriteLine(
            $"  {connected.Count} of {pairs.Count} connect; {possible.Count(p => p.IsDirect)} of {possible.Count} are direct where that is always possible, "
            + $"{byIPv6.Count(p => p.IsByIPv6)} of {byIPv6.Count} by IPv6 where both ends have it");
    }

    private static void ReportHard(Bench bench, HardTrial[] hard)
    {
        bench.Figures.Add("grid.hard_pairs", hard.Length);
        bench.Figures.Add("grid.hard_direct", hard.Count(t => t.DirectMs is not null));
        bench.Figures.About("grid.hard_direct", $"within {HardTrials.Within.TotalSeconds} s");
        foreach (var kind in hard.GroupBy(t => t.Kind))
        {
            List<double> direct = [.. kind.Select(t => t.DirectMs).OfType<double>()];
            bench.Figures.Add($"grid.{kind.Key}_pairs", kind.Count());
            bench.Figures.Add($"grid.{kind.Key}_direct", direct.Count);
            var times = "";
            if (direct.Count > 0)
            {
                var spread = Spread.Of(direct);
                bench.Figures.Add($"grid.{kind.Key}_direct_ms", spread);
                times = string.Create(CultureInfo.InvariantCulture, $", after {spread.Median:F0} ms ({spread.Min:F0}–{spread.Max:F0})");
            }

            Console.WriteLine($"  {kind.Key} against NATs that mind the port: {direct.Count} of {kind.Count()} direct within {HardTrials.Within.TotalSeconds} s{times}");
        }
    }
}
