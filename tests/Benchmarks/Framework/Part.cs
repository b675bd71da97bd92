namespace NTMobile.Benchmarks;

/// <summary>A part of the measurements that can be run by itself.</summary>
/// <param name="Name">The word after --only, and the first word of its figures' keys.</param>
/// <param name="What">One line for the list of parts.</param>
/// <param name="SharesRouters">
/// True: it uses <see cref="Bench.RoutersAsync"/>, which then stay for the next part. False: no laboratory world lives when it begins, and
/// it disposes its own.
/// </param>
/// <param name="RunAsync">Measures, prints for people, and adds its figures; throws <see cref="Lab.LabException"/> when nothing was measured.</param>
internal sealed record Part(string Name, string What, bool SharesRouters, Func<Bench, Task> RunAsync)
{
    /// <summary>All parts, in the order in which they run; one line for each.</summary>
    public static IReadOnlyList<Part> All { get; } =
    [
        new("throughput", "TCP and UDP from LAN device to LAN device, by every way", SharesRouters: true, ThroughputPart.RunAsync),
        new("relay", "a flow through the relay beside the direct path; the relay beside coturn", SharesRouters: false, RelayPart.RunAsync),
        new("pps", "small packets per second, by every way", SharesRouters: true, PpsPart.RunAsync),
        new("latency", "round trips, idle and beside a TCP flow, by every way", SharesRouters: true, LatencyPart.RunAsync),
        new("memory", "the router's memory, idle and with fifty devices under load", SharesRouters: false, MemoryPart.RunAsync),
        new("start", "from the start of the process to the first packet taken", SharesRouters: false, StartPart.RunAsync),
        new("pccom", "TCP without the tunnel, enciphered by PCCOM and without cipher, beside the tunnel", SharesRouters: false, TranslationPart.RunAsync),
        new("grid", "every preset × every preset: connected, direct, how soon; hard NATs often", SharesRouters: false, GridPart.RunAsync),
        new("narrow", "1 MiB each way over path MTUs of 1280, 1124 and 576 without ICMP, beside plain TCP", SharesRouters: false, NarrowPart.RunAsync),
        new("cpu", "ns per packet and stage, in memory", SharesRouters: false, bench => MicroPart.RunAsync(bench, "cpu")),
        new("overhead", "bytes that the tunnel adds to a packet", SharesRouters: false, bench => MicroPart.RunAsync(bench, "overhead")),
        new("scale", "10 to 10,000 sessions of one node, in memory", SharesRouters: false, bench => MicroPart.RunAsync(bench, "scale")),
    ];
}
