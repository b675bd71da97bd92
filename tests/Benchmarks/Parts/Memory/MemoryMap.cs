using System.Globalization;
using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>The memory of a running process, in MiB, as the kernel counts it (proc_pid_smaps(5)).</summary>
/// <param name="Rss">All pages in memory.</param>
/// <param name="PrivateDirty">Of these, written and shared with nobody: what the process really costs.</param>
/// <param name="Shares">Pages in memory by what they are.</param>
internal sealed record MemoryMap(double Rss, double PrivateDirty, IReadOnlyDictionary<string, double> Shares)
{
    private const double KiBInMiB = 1024;

    // The collector reserves its whole range at once; nothing else here is as large.
    private const long ReservationKiB = 256 * 1024;

    /// <summary>Reads the maps of a process.</summary>
    /// <param name="process">Its id.</param>
    /// <param name="program">Its file's name; .NET's own data lies behind its last mapping.</param>
    public static MemoryMap Of(int process, string program)
    {
        var regions = Read(process);
        var shares = new Dictionary<string, double>();
        var heap = regions.FindIndex(r => r.SizeKiB > ReservationKiB);
        for (var i = 0; i < regions.Count; i++)
        {
            var name = Name(i);
            shares[name] = shares.GetValueOrDefault(name) + (regions[i].RssKiB / KiBInMiB);
        }

        return new(regions.Sum(r => r.RssKiB) / KiBInMiB, regions.Sum(r => r.PrivateDirtyKiB) / KiBInMiB, shares);

        string Name(int at)
        {
            var region = regions[at];
            if (region.File.EndsWith('/' + program, StringComparison.Ordinal))
            {
                return region.PrivateDirtyKiB * 2 > region.RssKiB ? "program, data" : "program, code and constants (file pages)";
            }

            return region.File switch
            {
                "" when at > 0 && regions[at - 1].File.EndsWith('/' + program, StringComparison.Ordinal) => "program, data",
                "" when heap > 0 && IsHeap(at) => "collected heap",
                "" or "[heap]" => "buffers, malloc, stacks",
                _ => "libraries and others (file pages)",
            };
        }

        // Beside the reservation without a gap.
        bool IsHeap(int at)
        {
            for (var next = Math.Min(at, heap); next < Math.Max(at, heap); next++)
            {
                if (regions[next].End != regions[next + 1].Start)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Pages in memory now, in MiB: quick, for many samples.</summary>
    public static double RssOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            ?? throw new LabException($"process {process} has ended");
        return KiB(line) / KiBInMiB;
    }

    private static List<Region> Read(int process)
    {
        var regions = new List<Region>();
        foreach (var line in File.ReadLines($"/proc/{process}/smaps"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            switch (colon < 0 ? "" : line[..colon])
            {
                case "Size":
                    regions[^1] = regions[^1] with { SizeKiB = KiB(line) };
                    break;
                case "Rss":
                    regions[^1] = regions[^1] with { RssKiB = KiB(line) };
                    break;
                case "Private_Dirty":
                    regions[^1] = regions[^1] with { PrivateDirtyKiB = KiB(line) };
                    break;
                default:
                    if (line.IndexOf('-', StringComparison.Ordinal) is > 0 and < 17 && char.IsAsciiHexDigitLower(line[0]))
                    {
                        regions.Add(Header(line));
                    }

                    break;
            }
        }

        return regions.Count > 0 ? regions : throw new LabException($"process {process} has ended");
    }

    // 55b637b5f000-55b6384b7000 r-xp 00022000 fe:00 5423117      /usr/lib/ntm/router/ntm-router
    private static Region Header(string line)
    {
        var words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var ends = words[0].Split('-');
        return new(Hex(ends[0]), Hex(ends[1]), words.Length > 5 ? words[5] : "", 0, 0, 0);
    }

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static long KiB(string line) =>
        long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    private sealed record Region(ulong Start, ulong End, string File, long SizeKiB, long RssKiB, long PrivateDirtyKiB);
}
