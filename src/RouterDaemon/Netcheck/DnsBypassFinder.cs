using NTMobile.Control;
using NTMobile.NetfilterBridge;

namespace NTMobile.RouterDaemon.Netcheck;

/// <summary>Names the devices that ask other name servers.</summary>
internal static class DnsBypassFinder
{
    /// <summary>Puts what the kernel wrote down into the words of the local API, the latest first.</summary>
    /// <param name="past">What it wrote down; null: nothing can be read.</param>
    /// <param name="devices">The LAN's devices.</param>
    public static IReadOnlyList<DnsBypass>? Of(IReadOnlyList<DnsPast>? past, IReadOnlyList<Device> devices) => past is null
        ? null
        : [.. past.OrderBy(p => p.Ago).Select(p => new DnsBypass(NameOf(p.Mac, devices), Way(p), Math.Max(0, p.Ago.TotalSeconds), Way(p) == DnsWay.Udp))];

    private static string NameOf(string mac, IReadOnlyList<Device> devices)
    {
        var device = devices.FirstOrDefault(d => d.Mac == mac);
        return device?.Label ?? device?.Address ?? mac;
    }

    // The router takes ordinary queries of the LAN out of the kernel whomever they are sent to; those over TCP it does not.
    private static DnsWay Way(DnsPast past) => (past.Port, past.IsTcp) switch
    {
        (53, false) => DnsWay.Udp,
        (53, true) => DnsWay.Tcp,
        (853, true) => DnsWay.Tls,
        (853, false) => DnsWay.Quic,
        _ => DnsWay.HttpsGuess,
    };
}
