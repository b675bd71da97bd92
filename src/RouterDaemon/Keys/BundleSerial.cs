using System.Globalization;

namespace NTMobile.RouterDaemon.Keys;

/// <summary>
/// Serials of registration bundles must grow over restarts, or the direction server refuses them. Each start takes a block, so that no change
/// of registration has to wait for the disk. The clock stands in for a store that was lost, and the store for a clock that is wrong.
/// </summary>
internal static class BundleSerial
{
    private const int BlockBits = 20;

    /// <summary>The first serial of the next block.</summary>
    /// <param name="last">What this gave at the last start, as a text; null or unusable: not known.</param>
    /// <param name="now">The clock.</param>
    public static ulong Next(string? last, DateTimeOffset now)
    {
        var byClock = (ulong)Math.Max(1, now.ToUnixTimeSeconds()) << BlockBits;
        return ulong.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var known)
            ? Math.Max(byClock, known + (1UL << BlockBits))
            : byClock;
    }
}
