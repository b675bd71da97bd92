using System.Globalization;
using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>
/// Flows from LAN device to LAN device by every way. Runs alternate, so that what else the machine does falls on all; ratios are those of
/// the medians.
/// </summary>
internal static class ThroughputPart
{
    // Long enough for the runtime to have compiled the packet path for speed, and for TCP to have opened its window.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(Bench bench)
    {
        var routers = await bench.RoutersAsync().ConfigureAwait(false);
        var runs = routers.Ways.ToDictionary(w => w, _ => new List<double>());
        foreach (var way in routers.Ways)
        {
            await RunAsync(routers, way, WarmUp).ConfigureAwait(false);
        }

        for (var run = 1; run <= bench.Options.Runs; run++)
        {
            foreach (var way in routers.Ways)
            {
                runs[way].Add(await RunAsync(routers, way, TimeSpan.FromSeconds(bench.Options.Seconds)).ConfigureAwait(false));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"  tcp1 {run} of {bench.Options.Runs}: {runs[way][^1],6:F2} Gb/s {way.Title}"));
            }
        }

        await routers.Ntm.CheckDirectAsync().ConfigureAwait(false);
        foreach (var (way, of) in runs)
        {
            bench.Figures.Add($"throughput.tcp1.{way.Key}_gbps", Spread.Of(of));
            bench.Figures.About($"ways.{way.Key}", way.Title);
        }

        var ratio = Spread.Of(runs[routers.Ntm]).Median / Spread.Of(runs[routers.Kernel]).Median;
        bench.Figures.Add("throughput.tcp1.vs_kernel_forward", ratio);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ntm-router against kernel forwarding, medians: {ratio:F2}"));
    }

    private static async Task<double> RunAsync(TwoRouters routers, Way way, TimeSpan duration)
    {
        var flow = await way.CarryAsync(
            () => Iperf3.TcpAsync(routers.Client, way.Target, duration, way.Source is { } source ? ["-B", source] : []),
            f => f.BitsPerSecond / 8 * duration.TotalSeconds).ConfigureAwait(false);
        return flow.BitsPerSecond / 1e9;
    }
}
