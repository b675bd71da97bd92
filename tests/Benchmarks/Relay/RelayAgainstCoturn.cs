using System.Globalization;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>
/// The same UDP load through the product's RS and through coturn, on the same host with the same cables:
/// <code>
/// left (sends) ── inet ── ntm: ntm-server, turnserver ── inet ── right (receives)
/// </code>
/// Load: four flows of datagrams of 1,400 bytes where they arrive; coturn's have four bytes more on the first half of their way.
/// </summary>
/// <remarks>
/// How the load is sent matters, so it is measured in two ways, each the same for both relays. As *runs*: one send of up to 46 datagrams
/// (UDP_SEGMENT), as the product's routers send; this decides `relay.vs_coturn`. A relay that does not ask for runs gets each datagram by
/// itself from the kernel, as from any network. And *single*: one send per datagram, as programs do that know nothing of runs; then the one
/// sending thread is the limit, and the relays' processor time per datagram tells more than the rate. The receiving sockets are the same. Window and length of runs are those of a few at which a relay carries most, sought for each relay by itself.
/// </remarks>
internal static class RelayAgainstCoturn
{
    private const int Flows = 4;
    private static readonly TimeSpan Trial = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly int[] Windows = [8, 16, 32, 64, 128, 256, 512];

    public static async Task RunAsync(Bench bench)
    {
        Console.WriteLine("Setting up two hosts and both relays between them …");
        await using var world = await ProductWorld.CreateAsync(builder =>
        {
            builder.Server("left");
            builder.Server("right");
        }, groups: new Dictionary<string, string[]>()).ConfigureAwait(false);
        var (left, right) = (world.Lab.Host("left"), world.Lab.Host("right"));
        using var ntm = await SlotsUnderLoad.OpenAsync(world, left, right, Flows).ConfigureAwait(false);
        using var coturn = await TurnUnderLoad.OpenAsync(world.ServerHost, left, right, Flows).ConfigureAwait(false);
        bench.Figures.About("relay.ntm", ntm.Title);
        bench.Figures.About("relay.coturn", coturn.Title);
        await MeasureAsync(bench, ntm, coturn, "relay", runs: true).ConfigureAwait(false);
        await MeasureAsync(bench, ntm, coturn, "relay.single", runs: false).ConfigureAwait(false);
        RelayFairness.Measure(bench, world, ntm);
    }

    private static async Task MeasureAsync(Bench bench, SlotsUnderLoad ntm, TurnUnderLoad coturn, string key, bool runs)
    {
        using var ours = new Contestant(ntm);
        using var theirs = new Contestant(coturn);
        Contestant[] both = [ours, theirs];
        foreach (var relay in both)
        {
            relay.SeekShape(runs);
            Console.WriteLine($"  {key} {relay.Relay.Key}: best with {relay.Shape.Window} datagrams under way per flow, {relay.Shape.Run} per send");
        }

        for (var run = 1; run <= bench.Options.Runs; run++)
        {
            foreach (var relay in both)
            {
                var result = await relay.RunAsync(TimeSpan.FromSeconds(bench.Options.Seconds)).ConfigureAwait(false);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {key} {run} of {bench.Options.Runs}: {result.PacketsPerSecond / 1e3,6:F0} kpps {result.Gbps,6:F2} Gb/s, lost {result.Loss,7:P3}, {result.RelayNanoseconds,6:F0} ns each  {relay.Relay.Title}"));
            }
        }

        foreach (var relay in both)
        {
            bench.Figures.Add($"{key}.{relay.Relay.Key}_pps", Spread.Of(relay.Results.Select(r => r.PacketsPerSecond)));
            bench.Figures.Add($"{key}.{relay.Relay.Key}_gbps", Spread.Of(relay.Results.Select(r => r.Gbps)));
            bench.Figures.Add($"{key}.{relay.Relay.Key}_relay_ns", Spread.Of(relay.Results.Select(r => r.RelayNanoseconds)));
            bench.Figures.Add($"{key}.{relay.Relay.Key}_loss", Spread.Of(relay.Results.Select(r => r.Loss)));
        }

        var ratio = ours.Median / theirs.Median;
        bench.Figures.Add($"{key}.vs_coturn", ratio);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {key}.vs_coturn, medians: {ratio:F2}"));
    }

    private sealed class Contestant(IRelayUnderLoad relay) : IDisposable
    {
        private readonly RelayLoad _load = new(relay.Flows);

        public IRelayUnderLoad Relay => relay;

        public LoadShape Shape { get; private set; }

        public List<LoadResult> Results { get; } = [];

        public double Median => Spread.Of(Results.Select(r => r.PacketsPerSecond)).Median;

        /// <summary>Warms the relay up, and finds the shape at which most arrives.</summary>
        public void SeekShape(bool runs)
        {
            relay.Refresh();
            _load.Run(new(64, runs ? 16 : 1), WarmUp);
            Shape = Windows.Select(w => new LoadShape(w, runs ? Math.Clamp(w / 4, 1, relay.Flows[0].MaxRun) : 1))
                .MaxBy(shape => _load.Run(shape, Trial).PacketsPerSecond);
        }

        public async Task<LoadResult> RunAsync(TimeSpan duration)
        {
            relay.Refresh();
            await relay.CheckForwardedAsync(0).ConfigureAwait(false);
            var used = ProcessorTime.Of(relay.Process.Id);
            var result = _load.Run(Shape, duration);
            result = result with { RelayNanoseconds = (ProcessorTime.Of(relay.Process.Id) - used) * 1e9 / Math.Max(1, result.Delivered) };
            await relay.CheckForwardedAsync(result.Delivered).ConfigureAwait(false);
            Results.Add(result);
            return result;
        }

        public void Dispose() => _load.Dispose();
    }
}
