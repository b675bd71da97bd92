using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>Round trips from LAN device to LAN device by every way: alone, and beside one TCP flow of the same way.</summary>
internal static class LatencyPart
{
    private const int Median = 0;
    private const int Tail = 1;
    private static readonly Measure[] Measures = [new("p50_us", "µs p50"), new("p99_us", "µs p99"), new("lost_percent", "% lost")];

    public static async Task RunAsync(Bench bench)
    {
        var routers = await bench.RoutersAsync().ConfigureAwait(false);
        var duration = TimeSpan.FromSeconds(bench.Options.Seconds);
        var rows = new RowSet(bench, routers);
        var idle = new Row("latency.idle", "ping, 200 per s, nothing else", Measures, way => IdleAsync(routers, way, duration));
        var load = new Row("latency.under_load", "the same beside one TCP flow", Measures, way => UnderLoadAsync(routers, way, duration));
        await rows.RunAsync(idle with { AllRivals = true }, result => ReportIdle(result, routers, bench.Figures)).ConfigureAwait(false);
        await rows.RunAsync(load with { AllRivals = true }, result => ReportLoad(result, routers, bench.Figures)).ConfigureAwait(false);
        rows.ThrowIfFailed();
    }

    private static async Task<double[]> IdleAsync(TwoRouters routers, Way way, TimeSpan duration) =>
        Numbers(await Ping.RunAsync(routers, way, duration).ConfigureAwait(false));

    private static async Task<double[]> UnderLoadAsync(TwoRouters routers, Way way, TimeSpan duration)
    {
        // The flow begins before the first request and ends after the last.
        var around = TimeSpan.FromSeconds(1);
        var load = Iperf.TcpAsync(routers, way, duration + (2 * around));
        await Task.Delay(around).ConfigureAwait(false);
        var trips = await Ping.RunAsync(routers, way, duration).ConfigureAwait(false);
        if (await load.ConfigureAwait(false) == 0)
        {
            throw new LabException($"{way.Key}: the flow beside the ping carried nothing");
        }

        return Numbers(trips);
    }

    private static double[] Numbers(RoundTrips trips) => [trips.Percentile(50), trips.Percentile(99), trips.LostPercent];

    private static void ReportIdle(RowResult result, TwoRouters routers, Figures figures)
    {
        foreach (var (measure, name) in new[] { (Median, "p50"), (Tail, "p99") })
        {
            var more = result.Median(routers.Ntm, measure) - result.Median(routers.Kernel, measure);
            figures.Add($"latency.idle_vs_kernel_us.{name}", more);
            Console.WriteLine(FormattableString.Invariant($"  idle_vs_kernel_us {name,-20}{more:F0}"));
        }

        AddRatio(result, routers, figures, "latency.idle_vs_best_rival", Median);
    }

    private static void ReportLoad(RowResult result, TwoRouters routers, Figures figures) =>
        AddRatio(result, routers, figures, "latency.under_load_p99_vs_best_rival", Tail);

    private static void AddRatio(RowResult result, TwoRouters routers, Figures figures, string key, int measure)
    {
        if (result.Rivals.Any())
        {
            var ratio = result.Median(routers.Ntm, measure) / result.Rivals.Min(w => result.Median(w, measure));
            figures.Add(key, ratio);
            Console.WriteLine(FormattableString.Invariant($"  {key["latency.".Length..],-38}{ratio:F2}\n"));
        }
    }
}
