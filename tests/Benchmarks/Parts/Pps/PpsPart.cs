namespace NTMobile.Benchmarks;

/// <summary>How many small packets per s are delivered from LAN device to LAN device, by every way.</summary>
internal static class PpsPart
{
    private const int Payload = 64;
    private static readonly Measure Rate = new("kpps", "kpackets/s");

    public static async Task RunAsync(Bench bench)
    {
        var routers = await bench.RoutersAsync().ConfigureAwait(false);
        var rows = new RowSet(bench, routers);
        await rows.RunAsync(
            Row(bench, routers, "pps.udp64", "UDP with 64 bytes of payload; the best of several offered rates", Payload, Rate, 1e-3)).ConfigureAwait(false);
        bench.Figures.Add("pps.generator_sent_kpps", routers.Generator.MostSent / 1000);
        Console.WriteLine($"  The generator has sent up to {routers.Generator.MostSent / 1000:F0} kpackets/s beside a tunnel. Kernel forwarding pays for each");
        Console.WriteLine("  packet at each of five hops; a tunnel that joins packets pays less on the way, so it may deliver more.\n");
        rows.ThrowIfFailed();
    }

    /// <summary>A row of packets of one size.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="routers">The world.</param>
    /// <param name="key">Where the figures stand.</param>
    /// <param name="title">For people.</param>
    /// <param name="size">Bytes of UDP payload.</param>
    /// <param name="measure">What is counted.</param>
    /// <param name="perPacket">The measure of one packet per s.</param>
    public static Row Row(Bench bench, TwoRouters routers, string key, string title, int size, Measure measure, double perPacket)
    {
        var search = new RateSearch(routers.Generator, size);
        Measure[] measures = [measure, new("loss_percent", "% lost there"), new($"{measure.Suffix}_within_1_percent_loss", "within 1 %")];
        return new(key, title, measures, async way =>
        {
            var found = await way.CarryAsync(
                () => search.RunAsync(way, TimeSpan.FromSeconds(bench.Options.Seconds)), f => f.Bytes).ConfigureAwait(false);
            return [found.Best.Rate * perPacket, found.Best.Loss * 100, found.Carried * perPacket];
        });
    }
}
