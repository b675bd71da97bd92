using System.Globalization;
using System.Net;
using NTMobile.Lab;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>
/// What ntm-router keeps in memory: enrolled and idle before its first session; then while fifty devices of its LAN, each with an address and a
/// MAC of its own, send and receive through the tunnel as fast as the machine lets them.
/// </summary>
internal static class MemoryPart
{
    private const int Devices = 50;
    private const int FirstPort = 5300;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(250);

    public static async Task RunAsync(Bench bench)
    {
        Console.WriteLine($"memory: setting up a router with {Devices} devices …");
        await using var world = await ProductWorld.CreateAsync(Describe).ConfigureAwait(false);
        var (alice, bob) = (world["alice"], world["bob"]);
        await Task.Delay(Settle).ConfigureAwait(false);
        var idle = Look(alice);
        Report(bench, "idle", "enrolled, idle, no session", idle);

        var box = bob.Site.Device;
        await bob.ShareAsync(box, "box").ConfigureAwait(false);
        await Task.WhenAll(Enumerable.Range(FirstPort, Devices).Select(port => Iperf3.ServeAsync(box, port))).ConfigureAwait(false);
        var (load, peak, carried) = await LoadAsync(alice, bob.Name("box"), TimeSpan.FromSeconds(3 * bench.Options.Seconds)).ConfigureAwait(false);
        Report(bench, "load", string.Create(CultureInfo.InvariantCulture, $"{Devices} devices, {2 * Devices} TCP flows, {carried:F2} Gb/s"), load);
        bench.Figures.Add("memory.rss_mb.load", peak);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  highest of all samples under load: {peak:F1} MiB"));
        await Task.Delay(Settle).ConfigureAwait(false);
        Report(bench, "after", "some seconds after the load", Look(alice));
        await MicroPart.RunAsync(bench, "allocations").ConfigureAwait(false);
        bench.Figures.About("memory.unit", "MiB of resident pages; private_dirty_mb are those that no other process shares and no file backs");
        bench.Figures.About("memory.program", Path.GetFileName(Binaries.Router) == "ntm-router" ? "native" : "just-in-time");
    }

    private static void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.Cloud, new SiteOptions { Devices = Devices });
        world.Site("bob", Presets.Cloud, new SiteOptions { Lan = IPNetwork.Parse("192.168.9.0/24") });
    }

    private static MemoryMap Look(ProductRouter router) => MemoryMap.Of(router.Process.Process.Id, "ntm-router");

    // The map in the middle of the load, the highest sample, and Gb/s of all devices in both directions.
    private static async Task<(MemoryMap Map, double Peak, double Carried)> LoadAsync(ProductRouter router, string name, TimeSpan duration)
    {
        await router.Site.Device.RunAsync("ping", "-n", "-c3", "-i0.2", "-W5", name).ConfigureAwait(false);
        var before = await CarriedAsync(router).ConfigureAwait(false);
        var flows = Task.WhenAll(router.Site.Devices.Select((device, i) =>
            Iperf3.TcpAsync(device, name, duration, "-p", $"{FirstPort + i}", "--bidir")));
        var samples = new List<double>();
        MemoryMap? map = null;
        while (!flows.IsCompleted)
        {
            await Task.WhenAny(flows, Task.Delay(SampleEvery)).ConfigureAwait(false);
            samples.Add(MemoryMap.RssOf(router.Process.Process.Id));
            map ??= samples.Count * SampleEvery > duration / 2 ? Look(router) : null;
        }

        await flows.ConfigureAwait(false);
        var carried = (await CarriedAsync(router).ConfigureAwait(false) - before) * 8 / duration.TotalSeconds / 1e9;
        return (map ?? Look(router), samples.Max(), carried);
    }

    private static async Task<double> CarriedAsync(ProductRouter router)
    {
        var session = await router.SessionAsync("bob").ConfigureAwait(false) ?? throw new LabException("there is no session between alice and bob");
        return session.GetProperty("bytesIn").GetDouble() + session.GetProperty("bytesOut").GetDouble();
    }

    private static void Report(Bench bench, string state, string words, MemoryMap map)
    {
        bench.Figures.Add($"memory.rss_mb.{state}", map.Rss);
        bench.Figures.Add($"memory.private_dirty_mb.{state}", map.PrivateDirty);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {state,-6}{map.Rss,6:F1} MiB in memory, {map.PrivateDirty:F1} of them private and written ({words})"));
        foreach (var (name, mib) in map.Shares.OrderByDescending(s => s.Value).Where(s => s.Value >= 0.05))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"        {mib,6:F1}  {name}"));
        }
    }
}
