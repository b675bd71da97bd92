using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace NTMobile.Lab.Product;

/// <summary>Walks pairs of the grid: a world where two routers stand at each preset, so that a pair costs a query and not a set-up.</summary>
public sealed class GridWalk
{
    private const int Echoes = 10;
    private const string EchoEverySeconds = "0.01";
    private const string Page = "hello";
    private static readonly TimeSpan OnlineWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private readonly ProductWorld _world;

    private GridWalk(ProductWorld world) => _world = world;

    /// <summary>Adds the sites that pairs need.</summary>
    public static void Describe(WorldBuilder world, IReadOnlyList<(Preset From, Preset To)> pairs)
    {
        var lan6 = new SiteOptions { Lan6 = IPNetwork.Parse("fd00:8::/64") };
        foreach (var preset in pairs.Select(p => p.From).Distinct())
        {
            world.Site(GridPlan.From(preset), preset, lan6);
        }

        foreach (var preset in pairs.Select(p => p.To).Distinct())
        {
            world.Site(GridPlan.To(preset), preset, lan6);
        }
    }

    /// <summary>Shares a web server behind each router where pairs end, and waits until all routers are registered.</summary>
    public static async Task<GridWalk> PrepareAsync(ProductWorld world, IReadOnlyList<(Preset From, Preset To)> pairs)
    {
        var folder = Directory.CreateDirectory(Path.Combine(world.Lab.LogFolder, "www")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, Page), Page).ConfigureAwait(false);
        await Parallel.ForEachAsync(pairs.Select(p => world[GridPlan.To(p.To)]).Distinct(), async (router, _) =>
        {
            await HttpFileServer.StartAsync(router.Site.Device, folder).ConfigureAwait(false);
            await router.ShareAsync(router.Site.Device, "box", "icmp,tcp/80").ConfigureAwait(false);
        }).ConfigureAwait(false);
        foreach (var router in world.Routers)
        {
            await UntilAsync(OnlineWithin, router.IsOnlineAsync, $"{router.Site.Name} was not registered").ConfigureAwait(false);
        }

        return new GridWalk(world);
    }

    /// <summary>Walks from one preset to another.</summary>
    /// <param name="from">Where the device that asks is.</param>
    /// <param name="to">Where the device that answers is.</param>
    /// <param name="patience">How long a direct path is waited for, from the query on, where there may be one.</param>
    public async Task<GridPair> WalkAsync(Preset from, Preset to, TimeSpan patience)
    {
        var (near, far) = (_world[GridPlan.From(from)], _world[GridPlan.To(to)]);
        var clock = Stopwatch.StartNew();
        var setup = await FetchAsync(near, far, "4").ConfigureAwait(false);
        var expected = GridPlan.Expected(from, to);
        double? direct = expected != GridPath.Relayed && setup.Failure is null && await WaitUntilDirectAsync(near, far, clock, patience).ConfigureAwait(false)
            ? clock.Elapsed.TotalMilliseconds
            : null;
        var isByIPv6 = direct is not null && expected == GridPath.DirectByIPv6
            && await IsWithinAsync(clock, patience, () => IsByIPv6Async(near, far)).ConfigureAwait(false);
        var ipv6 = await FetchAsync(near, far, "6").ConfigureAwait(false);
        var relayed = direct is null ? 0 : await ProveAsync(_world, near, far).ConfigureAwait(false);
        return new GridPair(from, to, setup.Failure ?? ipv6.Failure, setup.Milliseconds, direct, isByIPv6, relayed);
    }

    /// <summary>Payload bytes that the relay carries while devices exchange echoes; throws <see cref="LabException"/> when an echo is missing.</summary>
    /// <param name="world">Both are in it.</param>
    /// <param name="near">Whose device asks.</param>
    /// <param name="far">Whose device answers.</param>
    /// <param name="echoes">How many, one every <see cref="EchoEverySeconds"/>.</param>
    public static async Task<long> ProveAsync(ProductWorld world, ProductRouter near, ProductRouter far, int echoes = Echoes)
    {
        var before = await world.RelayedPayloadBytesAsync().ConfigureAwait(false);

        // Without a deadline ping ends twice the round trip after its last echo, and an answer that took longer counts as lost. With one it goes on until it
        // has so many answers: an echo beyond the count then stands for the missing one, so each is looked for by its number.
        var ping = await near.Site.Device.ExecAsync(
            "ping", "-n", "-c", $"{echoes}", "-i", EchoEverySeconds, "-w", $"{5 + (echoes / 50)}", far.Name("box")).ConfigureAwait(false);
        int[] missing = [.. Enumerable.Range(1, echoes).Where(n => !ping.Output.Contains($" icmp_seq={n} ", StringComparison.Ordinal))];
        if (missing.Length > 0)
        {
            throw new LabException($"{near.Site.Name} → {far.Site.Name}: of {echoes} echoes no answer to {string.Join(", ", missing)}\n{ping.Output}{ping.Errors}");
        }

        return await world.RelayedPayloadBytesAsync().ConfigureAwait(false) - before;
    }

    /// <summary>Waits until both ends use a direct path; false when the clock shows more than the patience.</summary>
    public static Task<bool> WaitUntilDirectAsync(ProductRouter near, ProductRouter far, Stopwatch clock, TimeSpan patience) =>
        IsWithinAsync(clock, patience, async () =>
            await near.IsDirectAsync(far.Site.Name).ConfigureAwait(false) && await far.IsDirectAsync(near.Site.Name).ConfigureAwait(false));

    /// <summary>Whether both ends use a direct path by IPv6.</summary>
    public static async Task<bool> IsByIPv6Async(ProductRouter near, ProductRouter far) =>
        await near.IsDirectAsync(far.Site.Name, byIPv6: true).ConfigureAwait(false) && await far.IsDirectAsync(near.Site.Name, byIPv6: true).ConfigureAwait(false);

    // curl's own clock begins before it asks for the name.
    private static async Task<(string? Failure, double Milliseconds)> FetchAsync(ProductRouter near, ProductRouter far, string version)
    {
        var got = await near.Site.Device.ExecAsync(
            "curl", $"-{version}", "-sS", "--fail", "-m", "20", "-o", "/dev/null", "-w", "%{time_starttransfer}", $"http://{far.Name("box")}/{Page}").ConfigureAwait(false);
        return got.ExitCode == 0
            ? (null, double.Parse(got.Output, CultureInfo.InvariantCulture) * 1000)
            : ($"IPv{version}: {got.Errors.Trim()}", 0);
    }

    private static async Task UntilAsync(TimeSpan limit, Func<Task<bool>> condition, string otherwise)
    {
        if (!await IsWithinAsync(Stopwatch.StartNew(), limit, condition).ConfigureAwait(false))
        {
            throw new LabException($"{otherwise} within {limit.TotalSeconds} s");
        }
    }

    private static async Task<bool> IsWithinAsync(Stopwatch clock, TimeSpan limit, Func<Task<bool>> condition)
    {
        while (!await condition().ConfigureAwait(false))
        {
            if (clock.Elapsed >= limit)
            {
                return false;
            }

            await Task.Delay(LookEvery).ConfigureAwait(false);
        }

        return true;
    }
}
