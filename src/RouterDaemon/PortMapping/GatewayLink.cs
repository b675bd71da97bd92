using System.Net;
using NTMobile.RouterDaemon.Network;

namespace NTMobile.RouterDaemon.PortMapping;

/// <summary>The socket to be mapped, and the gateway in front of it.</summary>
/// <param name="Device">The uplink's interface; null: as the routing has it.</param>
/// <param name="Local">The socket's own address and port.</param>
/// <param name="Mapper">Where the gateway speaks PCP and NAT-PMP.</param>
/// <param name="Upnp">Where it answers searches.</param>
internal sealed record GatewayLink(string? Device, Endpoint Local, IPEndPoint Mapper, IPEndPoint Upnp)
{
    private const int MapperPort = 5351; // RFC 6886 §3, RFC 6887 §19.1

    /// <summary>How long an answer by PCP or NAT-PMP is waited for: the first seconds of a new link may lose everything.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The gateway's address: nothing is asked elsewhere, and nobody else is listened to.</summary>
    public IPAddress Gateway => Mapper.Address;

    /// <summary>What is in front of an uplink; null: it has no IPv4 gateway.</summary>
    public static GatewayLink? Of(WatchedUplink uplink) => uplink is { Network: { IsIpv6: false, Gateway: { } gateway }, Uplink.Nat64: null }
        ? new(uplink.Uplink.Name, uplink.Uplink.Local, new IPEndPoint(gateway, MapperPort), new IPEndPoint(gateway, Ssdp.Port))
        : null;
}
