using System.Globalization;
using System.Net;
using System.Text.Json;

namespace NTMobile.Lab;

/// <summary>iperf3 as server and client.</summary>
public static class Iperf3
{
    /// <summary>Starts a server that takes one test after the other.</summary>
    public static Task<DaemonProcess> ServeAsync(Host host, int port = 5201) => DaemonProcess.StartAsync(
        host,
        new() { Command = "iperf3", Arguments = ["-s", "--forceflush", "-p", $"{port}"] },
        Readiness.Line("Server listening"));

    /// <summary>Measures one TCP flow from the client to the server, by what arrived; further arguments are iperf3's (-R, -P 4).</summary>
    public static async Task<Throughput> TcpAsync(Host client, string server, TimeSpan duration, params IEnumerable<string> arguments)
    {
        using JsonDocument report = await RunAsync(client, server, duration, arguments).ConfigureAwait(false);
        JsonElement end = report.RootElement.GetProperty("end");
        JsonElement sent = end.GetProperty("sum_sent");
        return new(
            end.GetProperty("sum_received").GetProperty("bits_per_second").GetDouble(),
            sent.TryGetProperty("retransmits", out JsonElement retransmits) ? retransmits.GetInt64() : 0,
            0,
            0);
    }

    /// <inheritdoc cref="TcpAsync(Host, string, TimeSpan, IEnumerable{string})"/>
    public static Task<Throughput> TcpAsync(Host client, IPAddress server, TimeSpan duration, params IEnumerable<string> arguments) =>
        TcpAsync(client, server.ToString(), duration, arguments);

    /// <summary>Sends UDP at a fixed rate, packets of <paramref name="size"/> bytes of payload, and counts what arrived.</summary>
    public static async Task<Throughput> UdpAsync(Host client, string server, TimeSpan duration, long bitsPerSecond, int size = 1200)
    {
        using JsonDocument report = await RunAsync(
            client, server, duration, ["-u", "-b", $"{bitsPerSecond}", "-l", $"{size}"]).ConfigureAwait(false);
        JsonElement sum = report.RootElement.GetProperty("end").GetProperty("sum");
        long packets = sum.GetProperty("packets").GetInt64();
        long lost = sum.GetProperty("lost_packets").GetInt64();
        double sentBits = sum.GetProperty("bits_per_second").GetDouble();
        return new(sentBits * (packets - lost) / Math.Max(1, packets), 0, packets, lost);
    }

    private static async Task<JsonDocument> RunAsync(Host client, string server, TimeSpan duration, IEnumerable<string> arguments)
    {
        string seconds = Math.Ceiling(duration.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        string[] words = ["-c", server, "-t", seconds, "--json", "--connect-timeout", "5000", .. arguments];
        for (int tries = 1; ; tries++)
        {
            ExecResult result = await client.ExecAsync(duration + TimeSpan.FromSeconds(30), "iperf3", words).ConfigureAwait(false);
            JsonDocument report = JsonDocument.Parse(result.Output);
            if (!report.RootElement.TryGetProperty("error", out JsonElement error))
            {
                return report;
            }

            // The server takes a moment after the test before.
            if (tries == 10 || error.GetString()?.Contains("busy", StringComparison.Ordinal) != true)
            {
                throw new LabException($"iperf3 from {client} to {server}: {error}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100)).ConfigureAwait(false);
        }
    }
}
