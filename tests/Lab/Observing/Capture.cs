using System.Globalization;

namespace NTMobile.Lab;

/// <summary>A packet capture (tcpdump) on one interface, to a pcap file in the world's log folder.</summary>
public sealed class Capture
{
    private readonly LabProcess _tcpdump;
    private readonly Host _host;

    private Capture(Host host, LabProcess tcpdump, string file)
    {
        _host = host;
        _tcpdump = tcpdump;
        File = file;
    }

    /// <summary>The pcap file; packets are whole, as the interface saw them (super-packets of offloads are not cut).</summary>
    public string File { get; }

    /// <summary>Starts to capture; completes when packets are being seen. The filter is tcpdump's, e.g. `udp port 53`.</summary>
    public static async Task<Capture> StartAsync(Host host, string interfaceName, string filter = "")
    {
        string file = host.NewLogFile($"{host.Name}-{interfaceName}", "pcap");
        LabProcess tcpdump = host.Start(
            "tcpdump", "-i", interfaceName, "-n", "-U", "-s0", "-B", "65536", "--immediate-mode", "-Z", "root", "-w", file, filter);
        await tcpdump.WaitForLineAsync("listening on").ConfigureAwait(false);
        return new(host, tcpdump, file);
    }

    /// <summary>Stops, and throws <see cref="LabException"/> when the kernel had to leave packets out.</summary>
    public async Task StopAsync()
    {
        _tcpdump.Signal(2);
        await _tcpdump.WaitForExitAsync().ConfigureAwait(false);
        string dropped = await _tcpdump.WaitForLineAsync(@"^\d+ packets? dropped by kernel").ConfigureAwait(false);
        if (!dropped.StartsWith("0 ", StringComparison.Ordinal))
        {
            throw new LabException($"the capture {File} is not complete: {dropped}");
        }
    }

    /// <summary>How many of the packets captured so far match a tcpdump filter; all when it is empty.</summary>
    public async Task<long> CountPacketsAsync(string filter = "")
    {
        string count = await _host.RunAsync("tcpdump", "-r", File, "--count", filter).ConfigureAwait(false);
        return long.Parse(count.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>Whether the bytes stand anywhere in the file. A marker that two packets share is not found: send it often.</summary>
    public async Task<bool> ContainsBytesAsync(ReadOnlyMemory<byte> marker)
    {
        await using FileStream pcap = System.IO.File.Open(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] window = new byte[1 << 20];
        int kept = 0;
        while (await pcap.ReadAsync(window.AsMemory(kept)).ConfigureAwait(false) is int read and > 0)
        {
            Span<byte> seen = window.AsSpan(0, kept + read);
            if (seen.IndexOf(marker.Span) >= 0)
            {
                return true;
            }

            kept = Math.Min(seen.Length, marker.Length - 1);
            seen[^kept..].CopyTo(window);
        }

        return false;
    }
}
