using System.Net;

namespace NTMobile.Lab;

/// <summary>
/// Stateful NAT64 (RFC 6146) of two halves: tayga translates each IPv6 host to an IPv4 address of a pool inside the place,
/// packet by packet (RFC 7915), and the kernel's NAT hides the pool behind the place's public address.
/// </summary>
internal static class Nat64
{
    /// <summary>tayga's TUN interface.</summary>
    public const string Interface = "nat64";

    private const string Pool = "192.168.255.0/24";
    private const string OwnAddress = "192.168.255.1";

    /// <summary>Lines of ip(8) that lead to the translator.</summary>
    public static IReadOnlyList<string> Links(IPNetwork prefix) =>
    [
        $"tuntap add dev {Interface} mode tun",
        $"link set {Interface} up",
        $"route add {Pool} dev {Interface}",
        $"route add {prefix} dev {Interface}",
    ];

    /// <summary>Starts tayga; it ends with the world.</summary>
    public static async Task StartAsync(Place place)
    {
        place.Host.WriteEtc("tayga.conf", $"""
            tun-device {Interface}
            ipv4-addr {OwnAddress}
            prefix {place.Nat64Prefix}
            dynamic-pool {Pool}

            """);

        // Without stdbuf(1) its words stay in its buffer.
        var spec = new ProcessSpec { Name = "tayga", Command = "stdbuf", Arguments = ["-oL", "tayga", "--nodetach", "-d"] };
        await DaemonProcess.StartAsync(place.Host, spec, Readiness.Line("NAT64 prefix")).ConfigureAwait(false);
    }
}
