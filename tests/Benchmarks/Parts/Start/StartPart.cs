using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NTMobile.Lab;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>
/// From the start of the process to the first packet of a LAN device that ntm-router takes: a device asks the router for a name of its own zone
/// again and again, which nobody else answers. The files are in the page cache, nothing of the process is.
/// </summary>
internal static class StartPart
{
    private const int LeastRuns = 5;
    private const int DnsPort = 53;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(Bench bench)
    {
        var runs = Math.Max(LeastRuns, bench.Options.Runs);
        await MeasureAsync(bench, runs, "start.cold_ms", Binaries.NativeRouter, "native").ConfigureAwait(false);
        await MeasureAsync(bench, runs, "start.jit_cold_ms", Binaries.ManagedRouter, "just-in-time").ConfigureAwait(false);
    }

    private static async Task MeasureAsync(Bench bench, int runs, string key, string program, string words)
    {
        await using var world = await ProductWorld.CreateAsync(Describe, routerProgram: program).ConfigureAwait(false);
        var router = world["alice"];
        var own = $"no-such-device.{router.FullName}";
        List<double> taken = [], ready = [];
        for (var run = 0; run <= runs; run++)
        {
            await router.Process.StopAsync().ConfigureAwait(false);
            var (first, line) = await StartOnceAsync(router, own).ConfigureAwait(false);
            if (run > 0) // the first one brings the files into the page cache
            {
                taken.Add(first);
                ready.Add(line);
            }
        }

        var spread = Spread.Of(taken);
        bench.Figures.Add(key, spread);
        bench.Figures.Add(key + "_ready", Spread.Of(ready));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {words,-14}first packet of a device taken {spread.Median,6:F0} ms after the start ({spread.Min:F0}–{spread.Max:F0}, {runs} runs); page and API ready after {Spread.Of(ready).Median:F0}"));
    }

    private static void Describe(WorldBuilder world) => world.Site("alice", Presets.Cloud);

    // Milliseconds to the first answer to a device's question, and to the line that says ready.
    private static async Task<(double Taken, double Ready)> StartOnceAsync(ProductRouter router, string name)
    {
        using var socket = router.Site.Device.RunInside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Connect(new IPEndPoint(router.Site.LanAddress, DnsPort));
        using var stop = new CancellationTokenSource(Patience);
        var clock = Stopwatch.StartNew();
        var restart = router.Process.RestartAsync();
        var answered = AnsweredAsync(socket, name, clock, stop.Token);
        await restart.ConfigureAwait(false);
        var ready = clock.Elapsed.TotalMilliseconds;
        return (await answered.ConfigureAwait(false), ready);
    }

    // Asks every millisecond until one question is answered: only the router knows the answer, before it runs nobody listens.
    private static async Task<double> AnsweredAsync(Socket socket, string name, Stopwatch clock, CancellationToken stop)
    {
        var query = Query(name);
        var buffer = new byte[1500];
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (await tick.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            try
            {
                await socket.SendAsync(query, stop).ConfigureAwait(false);
                if (socket.Available > 0 && await socket.ReceiveAsync(buffer, stop).ConfigureAwait(false) > 0)
                {
                    return clock.Elapsed.TotalMilliseconds;
                }
            }
            catch (SocketException)
            {
                // port unreachable: the service is not there yet
            }
        }

        throw new LabException($"no answer within {Patience.TotalSeconds} s of the start");
    }

    // RFC 1035 §4.1: one question, type A.
    private static byte[] Query(string name)
    {
        List<byte> query = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        foreach (var label in name.Split('.'))
        {
            query.Add((byte)label.Length);
            query.AddRange(System.Text.Encoding.ASCII.GetBytes(label));
        }

        return [.. query, 0, 0, 1, 0, 1];
    }
}
