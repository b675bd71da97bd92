using System.Globalization;
using System.Text.Json;
using NTMobile.Lab;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>
/// One TCP flow between two routers with public addresses: by tunnel, as PCCOM's packets, and translated without cipher. The setting is one of the
/// routers' start, so each has a world of its own; machine and cables are the same. Twice: on cables that carry packets one by one, as all real ones do;
/// and on the laboratory's own, on which a run of the tunnel's datagrams crosses every router in between as one super-packet. PCCOM's packets cannot, since
/// each has a checksum of its own, and the routers in between are on this machine too. What the kernel alone forwards packet by packet over the same cables
/// is the bound of all that sends single packets here.
/// </summary>
internal static class TranslationPart
{
    // All but connection control and bare acknowledgements, which the receiver of a bulk flow sends.
    private const double LeastShare = 0.9;

    private static readonly TimeSpan ProvedWithin = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(Bench bench)
    {
        var (tunnel, runs, kernel) = await MeasureAsync(bench, "off", "by tunnel").ConfigureAwait(false);
        foreach (var (mode, key, title) in new[] { ("pccom", "pccom", "enciphered by PCCOM, no tunnel"), ("plain", "translation", "translated, no cipher, no tunnel") })
        {
            var (single, supers, _) = await MeasureAsync(bench, mode, title).ConfigureAwait(false);
            bench.Figures.Add($"{key}.throughput_gbps", single);
            Report($"{key}.throughput_vs_tunnel", single.Median / tunnel.Median);
            Report($"{key}.throughput_vs_tunnel_in_runs", supers.Median / runs.Median);
        }

        bench.Figures.Add("pccom.tunnel_gbps", tunnel);
        bench.Figures.Add("pccom.kernel_gbps", kernel);
        Report("pccom.kernel_vs_tunnel_in_runs", kernel.Median / runs.Median);

        void Report(string key, double ratio)
        {
            bench.Figures.Add(key, ratio);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {key} {ratio:F2}"));
        }
    }

    private static async Task<(Spread OneByOne, Spread InRuns, Spread Kernel)> MeasureAsync(Bench bench, string mode, string title)
    {
        await using var world = await ProductWorld.CreateAsync(Describe, translation: mode).ConfigureAwait(false);
        var (client, server) = (world["alice"].Site.Device, world["bob"].Site.Device);
        await world["bob"].ShareAsync(server, "box").ConfigureAwait(false);
        await Iperf3.ServeAsync(server).ConfigureAwait(false);
        var kernel = await KernelWay.LayAsync(world, world["alice"].Site, world["bob"].Site).ConfigureAwait(false);
        var name = world["bob"].Name("box");
        await WarmUpAsync(world, client, name, mode).ConfigureAwait(false);
        var inRuns = await MeasureAsync(bench, world, mode, $"{title}, cables carry runs").ConfigureAwait(false);
        foreach (var router in world.Routers)
        {
            await router.Site.Router.RunAsync("ethtool", "-K", "wan0", "tso", "off", "gso", "off", "tx-udp-segmentation", "off").ConfigureAwait(false);
        }

        return (
            await MeasureAsync(bench, world, mode, title).ConfigureAwait(false), inRuns,
            mode == "off" ? await RunsAsync(bench, "kernel's forwarding", () => RunAsync(bench, client, kernel.Target)).ConfigureAwait(false) : default);
    }

    private static Task<Spread> MeasureAsync(Bench bench, ProductWorld world, string mode, string title) => RunsAsync(bench, title, async () =>
    {
        var before = await CountAsync(world).ConfigureAwait(false);
        var rate = await RunAsync(bench, world["alice"].Site.Device, world["bob"].Name("box")).ConfigureAwait(false);
        var after = await CountAsync(world).ConfigureAwait(false);
        var share = (after.Translated - before.Translated) / Math.Max(1.0, after.All - before.All);
        return mode == "off" || share >= LeastShare ? rate : throw new LabException($"only {share:P0} of the packets went without the tunnel");
    });

    private static async Task<Spread> RunsAsync(Bench bench, string title, Func<Task<double>> run)
    {
        var runs = new List<double>();
        while (runs.Count < bench.Options.Runs)
        {
            runs.Add(await run().ConfigureAwait(false));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  run {runs.Count}  {title,-56}{runs[^1]:F2} Gb/s"));
        }

        return Spread.Of(runs);
    }

    // Gb/s of payload that arrived.
    private static async Task<double> RunAsync(Bench bench, Host client, string target) =>
        (await Iperf3.TcpAsync(client, target, TimeSpan.FromSeconds(bench.Options.Seconds)).ConfigureAwait(false)).BitsPerSecond / 1e9;

    private static void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.Cloud);
        world.Site("bob", Presets.Cloud, new SiteOptions { Lan = KernelWay.FarLan });
    }

    // Until the path is what is to be measured, and long enough for the runtime to have compiled the packet path for speed.
    private static async Task WarmUpAsync(ProductWorld world, Host client, string name, string mode)
    {
        using var patience = new CancellationTokenSource(ProvedWithin);
        do
        {
            await Iperf3.TcpAsync(client, name, TimeSpan.FromSeconds(4)).ConfigureAwait(false);
            if (await world["alice"].IsDirectAsync("bob").ConfigureAwait(false) && await KindAsync(world).ConfigureAwait(false) == (mode == "off" ? "" : mode))
            {
                return;
            }
        }
        while (!patience.IsCancellationRequested);
        throw new LabException($"the path between alice and bob was not what \"{mode}\" wants within {ProvedWithin.TotalSeconds} s");
    }

    private static async Task<string> KindAsync(ProductWorld world) =>
        await TranslationAsync(world).ConfigureAwait(false) is { } translation ? translation.GetProperty("kind").GetString()! : "";

    private static async Task<(long Translated, long All)> CountAsync(ProductWorld world)
    {
        var session = await world["alice"].SessionAsync("bob").ConfigureAwait(false) ?? throw new LabException("there is no session between alice and bob");
        var translated = await TranslationAsync(world).ConfigureAwait(false) is { } t ? t.GetProperty("packetsOut").GetInt64() : 0;
        return (translated, session.GetProperty("packetsOut").GetInt64());
    }

    private static async Task<JsonElement?> TranslationAsync(ProductWorld world) =>
        (await world["alice"].SessionAsync("bob").ConfigureAwait(false))?.GetProperty("translation") is { ValueKind: JsonValueKind.Object } translation ? translation : null;
}
