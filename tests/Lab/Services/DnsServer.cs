using System.Net;

namespace NTMobile.Lab;

/// <summary>dnsmasq as an ordinary name server: of the Internet, or of a LAN.</summary>
public static class DnsServer
{
    /// <summary>
    /// Starts a server on all addresses of the host. It answers the <paramref name="names"/>, asks the servers in
    /// <paramref name="zones"/> (zone → address) for their zones, and <paramref name="upstream"/> for the rest; without one the
    /// rest does not exist.
    /// </summary>
    public static Task<DaemonProcess> StartAsync(
        Host host,
        IReadOnlyDictionary<string, IPAddress>? names = null,
        IReadOnlyDictionary<string, IPAddress>? zones = null,
        IPAddress? upstream = null)
    {
        List<string> arguments =
        [
            "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--log-facility=-", "--log-queries",
            "--user=root", "--pid-file=", "--cache-size=1000",
            .. (names ?? new Dictionary<string, IPAddress>()).Select(n => $"--host-record={n.Key},{n.Value}"),
            .. (zones ?? new Dictionary<string, IPAddress>()).Select(z => $"--server=/{z.Key}/{z.Value}"),
        ];
        arguments.Add(upstream is null ? "--local=/#/" : $"--server={upstream}");
        return DaemonProcess.StartAsync(host, new() { Command = "dnsmasq", Arguments = arguments }, Readiness.Line("started, version"));
    }
}
