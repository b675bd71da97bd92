namespace NTMobile.Benchmarks;

/// <summary>What flows from LAN device to LAN device carry, by every way: TCP by iperf3, UDP by this program's own generator.</summary>
internal static class ThroughputPart
{
    // An IP packet of 1400 bytes has 28 of headers.
    private const int UdpPayload = 1372;
    private static readonly Measure Rate = new("gbps", "Gb/s");

    public static async Task RunAsync(Bench bench)
    {
        var routers = await bench.RoutersAsync().ConfigureAwait(false);
        var rows = new RowSet(bench, routers);
        await rows.RunAsync(Tcp("tcp1", "one TCP flow") with { AllRivals = true }).ConfigureAwait(false);
        await rows.RunAsync(Tcp("tcp8", "eight TCP flows", "-P", "8")).ConfigureAwait(false);
        await rows.RunAsync(Udp("udp1400", "UDP, IP packets of 1400 bytes; the best of several offered rates")).ConfigureAwait(false);
        await rows.RunAsync(Tcp("reverse", "one TCP flow, from bob's device to alice's", "-R")).ConfigureAwait(false);
        await rows.RunAsync(Tcp("bidir", "one TCP flow in each direction at once, added up", "--bidir")).ConfigureAwait(false);
        rows.ThrowIfFailed();

        Row Tcp(string name, string title, params string[] options) => new($"throughput.{name}", title, [Rate], async way =>
        {
            var duration = TimeSpan.FromSeconds(bench.Options.Seconds);
            return [await way.CarryAsync(
                () => Iperf.TcpAsync(routers, way, duration, options), bits => bits / 8 * duration.TotalSeconds).ConfigureAwait(false) / 1e9];
        });

        Row Udp(string name, string title) => PpsPart.Row(bench, routers, $"throughput.{name}", title, UdpPayload, Rate, UdpPayload * 8 / 1e9);
    }
}
