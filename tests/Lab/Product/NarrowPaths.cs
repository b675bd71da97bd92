using System.Diagnostics;
using System.Net;

namespace NTMobile.Lab.Product;

/// <summary>
/// A router moves between places whose way to the Internet carries less than 1,500 bytes, and files of 1 MiB go both ways: through the tunnel while no
/// ICMP tells anybody, and from an ordinary server by plain TCP over the same path while everybody is told.
/// </summary>
public static class NarrowPaths
{
    /// <summary>Path MTUs in bytes.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [1280, 1124, 576];

    private const int FileBytes = 1 << 20;

    // Slow enough that the transfer's time is that of its bytes.
    private const long Rate = 10_000_000;
    private const int Echoes = 20; // behind them the path's size is known
    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan ReachedWithin = TimeSpan.FromSeconds(20);

    /// <summary>The place of a path MTU.</summary>
    public static string PlaceFor(int mtu) => $"mtu{mtu}";

    /// <summary>Adds the sites `alice`, who moves, and `bob`, and the server `web`.</summary>
    public static void Describe(WorldBuilder world)
    {
        var lan6 = new SiteOptions { Lan6 = IPNetwork.Parse("fd00:8::/64") };
        world.Site("alice", Presets.Home, lan6);
        world.Site("bob", Presets.Home, lan6);
        foreach (var mtu in Sizes)
        {
            world.Place(Presets.Home, PlaceFor(mtu));
        }

        world.Server("web");
    }

    /// <summary>Starts the web servers and shares the devices `laptop` (alice's) and `nas` (bob's).</summary>
    public static async Task PrepareAsync(ProductWorld world)
    {
        var folder = Directory.CreateDirectory(Path.Combine(world.Lab.LogFolder, "www")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "file"), new byte[FileBytes]).ConfigureAwait(false);
        foreach (var host in new[] { world["alice"].Site.Device, world["bob"].Site.Device, world.Lab.Host("web") })
        {
            await HttpFileServer.StartAsync(host, folder).ConfigureAwait(false);
        }

        await world["alice"].ShareAsync(world["alice"].Site.Device, "laptop").ConfigureAwait(false);
        await world["bob"].ShareAsync(world["bob"].Site.Device, "nas").ConfigureAwait(false);
    }

    /// <summary>Moves alice to the place of a path MTU and fetches the file three times.</summary>
    public static async Task<NarrowTimes> MeasureAsync(ProductWorld world, int mtu)
    {
        var (alice, bob, place) = (world["alice"], world["bob"], world.Lab.Place(PlaceFor(mtu)));
        await place.SetMtuAsync(mtu, sendErrors: true).ConfigureAwait(false);
        await place.ShapeAsync(LinkShape.Both(OneWay, rate: Rate)).ConfigureAwait(false);
        await alice.Site.Uplink.ReplugAsync(place).ConfigureAwait(false);
        var plain = await FetchAsync(alice.Site.Device, world.Lab.Host("web").Address.ToString()).ConfigureAwait(false);
        await place.SetMtuAsync(mtu, sendErrors: false).ConfigureAwait(false);
        await ReachAsync(alice.Site.Device, bob.Name("nas")).ConfigureAwait(false);
        return new NarrowTimes(
            mtu,
            plain,
            await FetchAsync(bob.Site.Device, alice.Name("laptop")).ConfigureAwait(false),
            await FetchAsync(alice.Site.Device, bob.Name("nas")).ConfigureAwait(false));
    }

    private static async Task ReachAsync(Host device, string name)
    {
        var clock = Stopwatch.StartNew();
        while (!(await device.ExecAsync("ping", "-n", "-c1", "-W3", name).ConfigureAwait(false)).Succeeded)
        {
            if (clock.Elapsed > ReachedWithin)
            {
                throw new LabException($"{name} did not answer within {ReachedWithin.TotalSeconds} s of a move");
            }
        }

        await device.RunAsync("ping", "-n", "-c", $"{Echoes}", "-i0.2", "-W3", name).ConfigureAwait(false);
    }

    private static async Task<double> FetchAsync(Host device, string from)
    {
        var clock = Stopwatch.StartNew();
        await device.RunAsync("curl", "-sS", "--fail", "-m", "20", "-o", "/dev/null", $"http://{from}/file").ConfigureAwait(false);
        return clock.Elapsed.TotalSeconds;
    }
}

/// <summary>Seconds that 1 MiB takes over a narrow path.</summary>
/// <param name="Mtu">Its MTU in bytes.</param>
/// <param name="Plain">Plain TCP from an ordinary server to the device there, ICMP errors let through.</param>
/// <param name="Up">From the device there through the tunnel, no ICMP errors.</param>
/// <param name="Down">The other way.</param>
public sealed record NarrowTimes(int Mtu, double Plain, double Up, double Down)
{
    /// <summary>Throughput against plain TCP, of the slower direction.</summary>
    public double Ratio => Plain / Math.Max(Up, Down);
}
