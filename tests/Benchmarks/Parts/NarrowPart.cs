using System.Globalization;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>1 MiB each way over paths of less than 1,500 bytes that tell nobody, beside plain TCP on the same path.</summary>
internal static class NarrowPart
{
    private const int Runs = 3;

    public static async Task RunAsync(Bench bench)
    {
        await using var world = await ProductWorld.CreateAsync(NarrowPaths.Describe).ConfigureAwait(false);
        await NarrowPaths.PrepareAsync(world).ConfigureAwait(false);
        foreach (var mtu in NarrowPaths.Sizes)
        {
            var all = new List<NarrowTimes>();
            for (var run = 0; run < Runs; run++)
            {
                all.Add(await NarrowPaths.MeasureAsync(world, mtu).ConfigureAwait(false));
            }

            var (ratio, plain) = (Spread.Of(all.Select(t => t.Ratio)), Spread.Of(all.Select(t => t.Plain)));
            var (up, down) = (Spread.Of(all.Select(t => t.Up)), Spread.Of(all.Select(t => t.Down)));
            bench.Figures.Add($"narrow.mtu{mtu}.ratio", ratio);
            bench.Figures.Add($"narrow.mtu{mtu}.plain_s", plain);
            bench.Figures.Add($"narrow.mtu{mtu}.up_s", up);
            bench.Figures.Add($"narrow.mtu{mtu}.down_s", down);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  MTU {mtu}: plain TCP {plain.Median:F2} s, up {up.Median:F2} s, down {down.Median:F2} s; {ratio.Median:F2} of plain TCP ({ratio.Min:F2}–{ratio.Max:F2})"));
        }

        bench.Figures.About("narrow", "1 MiB at 10 Mb/s; the slower direction through the tunnel without ICMP errors against plain TCP with them");
    }
}
