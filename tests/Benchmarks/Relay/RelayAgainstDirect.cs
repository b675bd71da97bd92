using System.Globalization;
using System.Text.Json;
using NTMobile.Lab;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>
/// One TCP flow from alice's device to bob's over the direct path, and one to carol's through the relay. All three have public addresses, the
/// same cables and no NAT; between alice's and carol's addresses the Internet drops UDP, which is all the difference:
/// <code>
/// direct   alice-1 → alice ═ UDP ═ inet ═ UDP ═ bob → bob-1
/// relay    alice-1 → alice ═ UDP ═ inet ═ ntm-server (rs) ═ inet ═ UDP ═ carol → carol-1
/// </code>
/// </summary>
internal static class RelayAgainstDirect
{
    private static readonly TimeSpan PathWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(Bench bench)
    {
        Console.WriteLine("Setting up three routers, two of which can only meet at the relay …");
        await using var world = await ProductWorld.CreateAsync(builder =>
        {
            builder.Site("alice", Presets.Cloud);
            builder.Site("bob", Presets.Cloud);
            builder.Site("carol", Presets.Cloud);
        }).ConfigureAwait(false);
        try
        {
            await MeasureAsync(bench, world).ConfigureAwait(false);
        }
        catch
        {
            world.Lab.KeepLogs = true;
            Console.Error.WriteLine($"logs: {world.Lab.LogFolder}");
            throw;
        }
    }

    private static async Task MeasureAsync(Bench bench, ProductWorld world)
    {
        await PartAsync(world, "alice", "carol").ConfigureAwait(false);
        Flow direct = await FlowAsync(world, "bob", "direct").ConfigureAwait(false), relayed = await FlowAsync(world, "carol", "relay").ConfigureAwait(false);
        Flow[] both = [direct, relayed];
        foreach (var flow in both)
        {
            await flow.RunAsync(WarmUp).ConfigureAwait(false);
            flow.Gbps.Clear();
        }

        for (var run = 1; run <= bench.Options.Runs; run++)
        {
            foreach (var flow in both)
            {
                await flow.RunAsync(TimeSpan.FromSeconds(bench.Options.Seconds)).ConfigureAwait(false);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"  relay.tcp1 {run} of {bench.Options.Runs}: {flow.Gbps[^1],6:F2} Gb/s {flow.Kind}"));
            }
        }

        bench.Figures.Add("relay.tcp1.direct_gbps", Spread.Of(direct.Gbps));
        bench.Figures.Add("relay.tcp1.relay_gbps", Spread.Of(relayed.Gbps));
        var ratio = Spread.Of(relayed.Gbps).Median / Spread.Of(direct.Gbps).Median;
        bench.Figures.Add("relay.vs_direct", ratio);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  relay.vs_direct, medians: {ratio:F2}"));
    }

    // Both flows pass these rules, so that they cost both the same.
    private static Task PartAsync(ProductWorld world, string one, string other)
    {
        var (here, there) = (world[one].Site.Uplink.Address, world[other].Site.Uplink.Address);
        return world.Lab.Core.NftAsync($$"""
            table ip parted {
              chain forward {
                type filter hook forward priority 0;
                ip saddr {{here}} ip daddr {{there}} meta l4proto udp drop
                ip saddr {{there}} ip daddr {{here}} meta l4proto udp drop
              }
            }
            """);
    }

    private static async Task<Flow> FlowAsync(ProductWorld world, string peer, string kind)
    {
        var device = world[peer].Site.Device;
        await world[peer].ShareAsync(device, "box").ConfigureAwait(false);
        await Iperf3.ServeAsync(device).ConfigureAwait(false);
        var (client, name) = (world["alice"].Site.Device, world[peer].Name("box"));
        using var patience = new CancellationTokenSource(PathWithin);
        do
        {
            await client.RunAsync("ping", "-n", "-c3", "-i0.2", "-W5", name).ConfigureAwait(false);
            if (await KindAsync(world, "alice", peer).ConfigureAwait(false) == kind && await KindAsync(world, peer, "alice").ConfigureAwait(false) == kind)
            {
                var hosts = await client.RunAsync("getent", "ahostsv4", name).ConfigureAwait(false);
                return new(world, client, peer, hosts.Split(' ')[0], kind);
            }
        }
        while (!patience.IsCancellationRequested);
        throw new LabException($"the path between alice and {peer} was not of kind {kind} within {PathWithin.TotalSeconds} s");
    }

    private static async Task<string?> KindAsync(ProductWorld world, string of, string with) =>
        await world[of].SessionAsync(with).ConfigureAwait(false) is { } session && session.GetProperty("path") is { ValueKind: JsonValueKind.Object } path
            ? path.GetProperty("kind").GetString()
            : null;

    /// <summary>One TCP flow over a path of a known kind.</summary>
    private sealed record Flow(ProductWorld World, Host Client, string Peer, string Target, string Kind)
    {
        public List<double> Gbps { get; } = [];

        /// <summary>Runs it; throws when the relay's counters do not show the path.</summary>
        public async Task RunAsync(TimeSpan duration)
        {
            var before = await World.RelayedPayloadBytesAsync().ConfigureAwait(false);
            var flow = await Iperf3.TcpAsync(Client, Target, duration).ConfigureAwait(false);
            var relayed = await World.RelayedPayloadBytesAsync().ConfigureAwait(false) - before;
            var carried = flow.BitsPerSecond / 8 * duration.TotalSeconds;
            if (Kind == "relay" ? relayed < carried : relayed > 0)
            {
                throw new LabException($"the flow to {Peer} carried {carried:F0} bytes and should have been {Kind}, but the relay counted {relayed}");
            }

            Gbps.Add(flow.BitsPerSecond / 1e9);
        }
    }
}
