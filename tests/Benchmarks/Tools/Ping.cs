using System.Globalization;
using System.Text.RegularExpressions;
using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>ping on alice's device, by any way, with each reply's time.</summary>
internal static partial class Ping
{
    private const int PerSecond = 90;

    // A line for each reply would wake this program, and nothing would be idle.
    private const string ThroughFile = """f=$(mktemp); "$@" >"$f"; cat "$f"; rm "$f" """;

    /// <summary>Sends 200 requests per s and returns what the replies tell.</summary>
    public static async Task<RoundTrips> RunAsync(TwoRouters routers, Way way, TimeSpan duration)
    {
        var count = (int)(duration.TotalSeconds * PerSecond);
        string[] words =
        [
            "-n", "-i", (1.0 / PerSecond).ToString(CultureInfo.InvariantCulture), "-c", $"{count}", "-W", "2",
            .. way.Source is { } source ? ["-I", source] : Array.Empty<string>(), way.Target,
        ];
        var result = await routers.Client.ExecAsync(
            duration + TimeSpan.FromSeconds(20), "sh", ["-c", ThroughFile, "sh", "ping", .. words]).ConfigureAwait(false);
        double[] times = [.. Time().Matches(result.Output).Select(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) * 1000).Order()];
        return times.Length > 0 ? new(times, count) : throw new LabException($"{way.Key}: no ping was answered: {result.Output}{result.Errors}");
    }

    [GeneratedRegex("time=([0-9.]+) ms")]
    private static partial Regex Time();
}

/// <summary>Round trips of one run.</summary>
/// <param name="Sorted">Times in µs, ascending; at least one.</param>
/// <param name="Sent">Requests that were sent.</param>
internal sealed record RoundTrips(double[] Sorted, int Sent)
{
    /// <summary>Share of requests without a reply, in %.</summary>
    public double LostPercent => 100.0 * (Sent - Sorted.Length) / Sent;

    /// <summary>The nearest rank of a percentile, 1 to 100, in µs.</summary>
    public double Percentile(int percent) => Sorted[Math.Max(0, (int)Math.Ceiling(Sorted.Length * percent / 100.0) - 1)];
}
