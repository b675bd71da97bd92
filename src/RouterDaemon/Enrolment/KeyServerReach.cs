using System.Net;
using System.Net.Sockets;
using NTMobile.RouterDaemon.Network;

namespace NTMobile.RouterDaemon.Enrolment;

/// <summary>How a key server that is named by an IPv4 address is reached from a network that has none: through its NAT64. Names are the business of its DNS64.</summary>
/// <param name="uplinks">The uplinks that carry packets now.</param>
internal sealed class KeyServerReach(Func<IReadOnlyList<WatchedUplink>> uplinks)
{
    // Right after the start, or a move, the NAT64 is still being looked for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    /// <summary>The host to connect to in place of the one named.</summary>
    public async ValueTask<string> HostAsync(string host, CancellationToken cancel)
    {
        if (!IPAddress.TryParse(host, out var address) || address.AddressFamily != AddressFamily.InterNetwork)
        {
            return host;
        }

        for (var waited = TimeSpan.Zero; waited < Patience && Lacks(uplinks()); waited += Beat)
        {
            await Task.Delay(Beat, cancel).ConfigureAwait(false);
        }

        var way = uplinks().FirstOrDefault(u => u.Uplink.Local.IsIpv4);
        return way?.Uplink.Nat64 is { } nat64 ? nat64.Embed(Endpoint.From(address, 0)).ToIPAddress().ToString() : host;
    }

    private static bool Lacks(IReadOnlyList<WatchedUplink> now) => now.Count > 0 && !now.Any(u => u.Uplink.Local.IsIpv4);
}
