using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using NTMobile.Control;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Network;
using NTMobile.RouterDaemon.PortMapping;
using NTMobile.RouterDaemon.Service;

namespace NTMobile.RouterDaemon.Netcheck;

/// <summary>What network the preferred uplink is in: what the node has measured anyhow, and what is asked for this occasion.</summary>
internal static class NetworkChecker
{
    private const int HttpPort = 80;

    /// <summary>Measures; takes some seconds at the most.</summary>
    /// <param name="uplink">The preferred uplink; null: there is none.</param>
    /// <param name="gateway">Its gateway by IPv4; null: likewise.</param>
    /// <param name="shown">The same as the status shows it.</param>
    /// <param name="node">What the node knows; null: not enrolled.</param>
    /// <param name="bypass">Devices that ask other name servers; null: not known.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<NetworkReport> CheckAsync(
        WatchedUplink? uplink, GatewayLink? gateway, UplinkStatus? shown, NodeStatus? node, IReadOnlyList<DnsBypass>? bypass, CancellationToken cancel)
    {
        ServerStatus[] servers = [.. new[] { node?.DirectionServer }.OfType<ServerStatus>(), .. node?.Relays ?? []];
        var udp = Udp(servers);
        var (portal, page) = await PortalAsync(uplink, servers, cancel).ConfigureAwait(false);
        var protocols = gateway is not null
            ? await PortMappingProbe.AskAsync(gateway, cancel).ConfigureAwait(false)
            : new PortMappingProtocols(null, null, null);
        return new NetworkReport
        {
            Uplink = uplink?.Uplink.Name,
            PublicEndpoint = shown?.PublicEndpoint,
            Udp = udp,
            Mapping = shown?.NatMapping ?? NatMapping.Unknown,
            Filtering = shown?.NatFiltering ?? NatFiltering.Unknown,
            InterfaceMtu = uplink?.Uplink.Mtu ?? 0,
            PathMtu = PathMtu(uplink, node),
            DirectionServerMs = node?.DirectionServer is { IsUp: true } ds ? SnapshotMapper.RoundTrip(ds.RoundTripMs) : null,
            RelayMs = (node?.Relays ?? []).ToDictionary(r => r.Endpoint.ToString(), r => r.IsUp ? SnapshotMapper.RoundTrip(r.RoundTripMs) : null),
            CaptivePortal = portal,
            PortalPage = page,
            Ipv6 = [.. Ipv6(uplink)],
            PortMapping = protocols,
            OpenPort = shown?.PortMapping ?? new PortMappingStatus(PortMappingState.None, null, null),
            DnsBypass = bypass,
            Reach = ReachOf(udp, shown),
        };
    }

    /// <summary>What mapping and filtering mean for reaching others.</summary>
    internal static Reach ReachOf(UdpState udp, UplinkStatus? uplink) => (udp, uplink?.NatMapping, uplink?.NatFiltering) switch
    {
        (UdpState.Unknown, _, _) => Reach.Nobody,
        (UdpState.Blocked, _, _) => Reach.Relay,
        _ when uplink?.PortMapping.State == PortMappingState.Open => Reach.AllDirect,
        (_, null or NatMapping.Unknown, _) => Reach.NotMeasured,
        (_, NatMapping.EndpointDependent, _) => Reach.SomeDirect,
        (_, _, NatFiltering.EndpointIndependent or NatFiltering.AddressDependent) => Reach.AllDirect,
        _ => Reach.MostDirect,
    };

    private static UdpState Udp(ServerStatus[] servers) =>
        Array.Exists(servers, s => s is { IsUp: true, Endpoint.IsTcp: false, RoundTripMs: >= 0 }) ? UdpState.Works
        : Array.Exists(servers, s => s.IsUp && s.Endpoint.IsTcp) ? UdpState.Blocked
        : UdpState.Unknown;

    // Where the servers' own keys have answered, nobody stands in their place. Else a web page from the DS's address is not the DS's.
    private static async Task<(PortalState State, string? Page)> PortalAsync(
        WatchedUplink? uplink, ServerStatus[] servers, CancellationToken cancel)
    {
        if (Array.Exists(servers, s => s is { IsUp: true, RoundTripMs: >= 0 }))
        {
            return (PortalState.None, null);
        }

        if (uplink is null || servers.Length == 0)
        {
            return (PortalState.Unknown, null);
        }

        var answer = await UplinkProbe.GetAsync(
            uplink.Uplink.Name, new IPEndPoint(servers[0].Endpoint.ToIPAddress(), HttpPort), cancel).ConfigureAwait(false);
        return answer?.StartsWith("HTTP/1.", StringComparison.Ordinal) == true ? (PortalState.Present, Location(answer)) : (PortalState.Unknown, null);
    }

    private static string? Location(string answer) => answer.Split("\r\n")
        .FirstOrDefault(line => line.StartsWith("Location:", StringComparison.OrdinalIgnoreCase))?["Location:".Length..].Trim();

    private static int? PathMtu(WatchedUplink? uplink, NodeStatus? node)
    {
        var sizes = (node?.Peers ?? []).Select(p => p.Path).OfType<PathStatus>().Where(p => p.Uplink == uplink?.Uplink.Name).Select(p => p.Mtu).ToList();
        return sizes.Count == 0 ? null : sizes.Max();
    }

    private static IEnumerable<string> Ipv6(WatchedUplink? uplink) => NetworkInterface.GetAllNetworkInterfaces()
        .Where(device => device.Name == uplink?.Uplink.Name)
        .SelectMany(device => device.GetIPProperties().UnicastAddresses)
        .Select(address => address.Address)
        .Where(address => address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: false, IsIPv6UniqueLocal: false })
        .Select(address => address.ToString());
}
