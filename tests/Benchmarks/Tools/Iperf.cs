using System.Globalization;
using System.Text.Json;
using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>iperf3's client on alice's device, by any way.</summary>
internal static class Iperf
{
    private const int MostTries = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs TCP flows and returns the bit/s of payload that arrived, both directions added up.</summary>
    /// <param name="routers">The world.</param>
    /// <param name="way">The way of the flows.</param>
    /// <param name="duration">How long; whole s.</param>
    /// <param name="options">iperf3's further words, such as -R or --bidir.</param>
    public static async Task<double> TcpAsync(TwoRouters routers, Way way, TimeSpan duration, params IEnumerable<string> options)
    {
        string[] words =
        [
            "-c", way.Target, "-t", duration.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture), "--json", "--connect-timeout", "5000",
            .. way.Source is { } source ? ["-B", source] : Array.Empty<string>(), .. options,
        ];
        for (var tries = 1; ; tries++)
        {
            var result = await routers.Client.ExecAsync(duration + TimeSpan.FromSeconds(30), "iperf3", words).ConfigureAwait(false);
            using var report = JsonDocument.Parse(result.Output);
            if (!report.RootElement.TryGetProperty("error", out var error))
            {
                return Arrived(report.RootElement.GetProperty("end"));
            }

            // The server takes a moment after the test before.
            if (tries == MostTries || error.GetString()?.Contains("busy", StringComparison.Ordinal) != true)
            {
                throw new LabException($"iperf3 by {way.Key}: {error}");
            }

            await Task.Delay(Pause).ConfigureAwait(false);
        }
    }

    private static double Arrived(JsonElement end) =>
        end.GetProperty("sum_received").GetProperty("bits_per_second").GetDouble()
        + (end.TryGetProperty("sum_received_bidir_reverse", out var back) ? back.GetProperty("bits_per_second").GetDouble() : 0);
}
