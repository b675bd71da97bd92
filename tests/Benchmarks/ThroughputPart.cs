using System.Globalization;
using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>
/// One TCP flow from LAN device to LAN device through the tunnel, beside the same flow by plain kernel forwarding. Runs alternate, so that
/// what else the machine does falls on both; the ratio is that of the medians.
/// </summary>
internal static class ThroughputPart
{
    private const int Port = 5201;

    // Long enough for the runtime to have compiled the packet path for speed, and for TCP to have opened its window.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(BenchOptions options, Figures figures)
    {
        Console.WriteLine("throughput: setting up two routers, one server and their LANs …");
        await using var routers = await TwoRouters.CreateAsync($"tcp/{Port}").ConfigureAwait(false);
        try
        {
            await MeasureAsync(routers, options, figures).ConfigureAwait(false);
        }
        catch (LabException)
        {
            routers.KeepLogs();
            throw;
        }
    }

    private static async Task MeasureAsync(TwoRouters routers, BenchOptions options, Figures figures)
    {
        await Iperf3.ServeAsync(routers.Server, Port).ConfigureAwait(false);
        await TunnelRunAsync(routers, WarmUp).ConfigureAwait(false);
        await KernelRunAsync(routers, WarmUp).ConfigureAwait(false);
        var relayed = await routers.RelayedAsync().ConfigureAwait(false);
        var duration = TimeSpan.FromSeconds(options.Seconds);
        List<double> tunnel = [], kernel = [];
        for (var run = 1; run <= options.Runs; run++)
        {
            tunnel.Add(await TunnelRunAsync(routers, duration).ConfigureAwait(false));
            kernel.Add(await KernelRunAsync(routers, duration).ConfigureAwait(false));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  run {run} of {options.Runs}: tunnel {tunnel[^1],6:F2} Gb/s, kernel forwarding {kernel[^1],6:F2} Gb/s"));
        }

        if (await routers.RelayedAsync().ConfigureAwait(false) - relayed is not 0 and var more)
        {
            throw new LabException($"the relay carried {more} bytes, so the flow was not direct");
        }

        Report(await routers.TunnelAsync().ConfigureAwait(false), Spread.Of(tunnel), Spread.Of(kernel), options, figures);
    }

    // Gb/s through the tunnel; checked by what both ends of it counted.
    private static async Task<double> TunnelRunAsync(TwoRouters routers, TimeSpan duration)
    {
        var (flow, before, after) = await FlowAsync(routers, routers.NameByTunnel, duration).ConfigureAwait(false);
        var carried = flow.BitsPerSecond / 8 * duration.TotalSeconds;
        if (after.DirectMtu is null)
        {
            throw new LabException("the path is not direct any more");
        }

        // iperf3 counts what arrived until the end of its own clock, so a little may differ.
        var (packets, sent, received) = (after.PacketsSent - before.PacketsSent, after.BytesSent - before.BytesSent, after.BytesReceived - before.BytesReceived);
        if (packets <= 0 || Math.Min(sent, received) < carried * 0.9)
        {
            throw new LabException($"iperf3 saw {carried:F0} bytes arrive, but the tunnel counted {packets} packets, {sent} bytes sent, {received} received");
        }

        return flow.BitsPerSecond / 1e9;
    }

    // Gb/s by the kernels alone; the tunnel must have been idle but for its own keep-alive.
    private static async Task<double> KernelRunAsync(TwoRouters routers, TimeSpan duration)
    {
        var (flow, before, after) = await FlowAsync(routers, routers.AddressByKernel, duration).ConfigureAwait(false);
        var carried = flow.BitsPerSecond / 8 * duration.TotalSeconds;
        if (after.BytesSent - before.BytesSent > carried * 0.01)
        {
            throw new LabException($"the flow to {routers.AddressByKernel} went through the tunnel");
        }

        return flow.BitsPerSecond / 1e9;
    }

    private static async Task<(Throughput Flow, TunnelState Before, TunnelState After)> FlowAsync(TwoRouters routers, string target, TimeSpan duration)
    {
        var before = await routers.TunnelAsync().ConfigureAwait(false);
        var flow = await Iperf3.TcpAsync(routers.Client, target, duration, "-p", $"{Port}").ConfigureAwait(false);
        return (flow, before, await routers.TunnelAsync().ConfigureAwait(false));
    }

    private static void Report(TunnelState path, Spread tunnel, Spread kernel, BenchOptions options, Figures figures)
    {
        var ratio = tunnel.Median / kernel.Median;
        var way = $"through both ntm-routers ({path.Cipher}, direct, MTU {path.DirectMtu})";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            One TCP flow, LAN device to LAN device, {options.Runs} × {options.Seconds} s, alternating
            {"Gb/s",-64}{"min",8}{"median",8}{"max",8}
            {way,-64}{tunnel.Min,8:F2}{tunnel.Median,8:F2}{tunnel.Max,8:F2}
            {"plain kernel forwarding, same devices and cables",-64}{kernel.Min,8:F2}{kernel.Median,8:F2}{kernel.Max,8:F2}
            {"ratio of the medians",-64}{ratio,16:F2}
            Kernel forwarding crosses the same namespaces, the router's rules and its masquerading; no queue, no TUN, no encryption.
            All ends share this machine's {Environment.ProcessorCount} cores.

            """));
        figures.Add("throughput.tcp1.ntm_gbps", tunnel);
        figures.Add("throughput.tcp1.kernel_forward_gbps", kernel);
        figures.Add("throughput.tcp1.vs_kernel_forward", ratio);
        figures.Add("throughput.tcp1.runs", options.Runs);
        figures.Add("throughput.tcp1.seconds", options.Seconds);
        figures.Add("throughput.tcp1.cipher", path.Cipher);
        figures.Add("throughput.tcp1.path_mtu", path.DirectMtu ?? 0);
    }
}
