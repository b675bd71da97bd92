using System.Diagnostics;
using NTMobile.Lab;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>One try at a direct path through a NAT whose ports change with the destination.</summary>
/// <param name="Kind">That NAT's preset.</param>
/// <param name="DirectMs">When the direct path was in use at both ends, in ms; null: not in time.</param>
internal sealed record HardTrial(Preset Kind, double? DirectMs);

/// <summary>
/// A router moves from one NAT with endpoint-dependent mapping to the next, while its peer stands behind one that minds the port, and behind another such
/// preset after some moves. Each move makes both ends begin anew. No pair of NATs is met twice: a NAT remembers for minutes whom it was sent to.
/// </summary>
internal sealed class HardTrials(ProductWorld world)
{
    /// <summary>A direct path that comes later does not count.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    private const int MostMoves = 8;

    // 1.5 seconds: the sockets of a punch that nobody uses are closed a second after the direct path is there.
    private const int Echoes = 150;
    private static readonly TimeSpan BeforeFirst = TimeSpan.FromSeconds(30);
    private static readonly (Preset Mover, Preset Peer, int Moves)[] Blocks =
    [
        (Presets.Symmetric, Presets.Home, MostMoves), (Presets.Symmetric, Presets.Firewall, MostMoves), (Presets.Symmetric, Presets.Carrier, MostMoves),
        (Presets.Sequential, Presets.Home, 5), (Presets.Sequential, Presets.Firewall, 5), (Presets.Sequential, Presets.Carrier, 5),
        (Presets.Sequential, Presets.Sequential, 5),
    ];

    private ProductRouter Mover => world["mover"];

    private ProductRouter Peer => world["peer"];

    /// <summary>Builds a world of two routers and tries.</summary>
    public static async Task<IReadOnlyList<HardTrial>> RunAsync()
    {
        Console.WriteLine("grid: a router moves between hard NATs …");
        await using var world = await ProductWorld.CreateAsync(Describe).ConfigureAwait(false);
        await world["peer"].ShareAsync(world["peer"].Site.Device, "box", "icmp").ConfigureAwait(false);
        var trials = new HardTrials(world);
        var all = new List<HardTrial>();
        foreach (var (mover, peer, moves) in Blocks)
        {
            all.AddRange(await trials.BlockAsync(mover, peer, moves).ConfigureAwait(false));
        }

        return all;
    }

    private static void Describe(WorldBuilder world)
    {
        world.Site("mover", Presets.Cloud);
        world.Site("peer", Presets.Home);
        for (var place = 0; place <= MostMoves; place++)
        {
            world.Place(Presets.Symmetric);
            world.Place(Presets.Sequential);
        }

        world.Place(Presets.Firewall);
        world.Place(Presets.Carrier);
    }

    private async Task<IEnumerable<HardTrial>> BlockAsync(Preset mover, Preset peer, int moves)
    {
        // Of the places of one kind the peer takes the last.
        await Peer.Site.Uplink.ReplugAsync(world.Lab.Place($"{peer}{(peer == mover ? MostMoves + 1 : 1)}")).ConfigureAwait(false);
        await Mover.Site.Uplink.ReplugAsync(world.Lab.Place("cloud1")).ConfigureAwait(false);
        await WaitUntilReachedAsync().ConfigureAwait(false);
        var trials = new List<HardTrial>();
        for (var move = 1; move <= moves; move++)
        {
            trials.Add(new(mover, await MoveAsync(world.Lab.Place($"{mover}{move}")).ConfigureAwait(false)));
            Console.WriteLine(FormattableString.Invariant($"  {mover} × {peer}: {(trials[^1].DirectMs is { } ms ? $"direct {ms:F0} ms after the move" : "not direct in time")}"));
        }

        return trials;
    }

    private async Task WaitUntilReachedAsync()
    {
        var clock = Stopwatch.StartNew();
        while (!(await Mover.Site.Device.ExecAsync("ping", "-n", "-c1", "-W3", Peer.Name("box")).ConfigureAwait(false)).Succeeded)
        {
            if (clock.Elapsed > BeforeFirst)
            {
                throw new LabException($"the peer did not answer within {BeforeFirst.TotalSeconds} s of a move");
            }
        }

        await GridWalk.WaitUntilDirectAsync(Mover, Peer, clock, BeforeFirst).ConfigureAwait(false);
    }

    // The clock starts when the new address is there. The peer shows a direct path to that address, so no look at the old one counts.
    private async Task<double?> MoveAsync(Place to)
    {
        await Mover.Site.Uplink.ReplugAsync(to).ConfigureAwait(false);
        var address = $"{Mover.Site.Uplink.PublicAddress}:";
        var clock = Stopwatch.StartNew();
        do
        {
            if (await Peer.RemoteAsync("mover").ConfigureAwait(false) is { } remote && remote.StartsWith(address, StringComparison.Ordinal)
                && await Mover.IsDirectAsync("peer").ConfigureAwait(false))
            {
                var taken = clock.Elapsed.TotalMilliseconds;
                return await GridWalk.ProveAsync(world, Mover, Peer, Echoes).ConfigureAwait(false) == 0 ? taken : null;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
        }
        while (clock.Elapsed < Within);
        return null;
    }
}
