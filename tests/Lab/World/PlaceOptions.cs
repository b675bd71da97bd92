using System.Net;

namespace NTMobile.Lab;

/// <summary>What can differ between two places of one preset.</summary>
public sealed record PlaceOptions
{
    /// <summary>
    /// The subnet at the cable, gateway .1, routers .150 and up; may be equal to a LAN's. When null each place has its own, so
    /// that a move always gives a new address. Public presets choose for themselves.
    /// </summary>
    public IPNetwork? Inside { get; init; }

    /// <summary>
    /// How long its NATs keep a UDP mapping that nobody uses, in whole seconds; endpoint-dependent ones two minutes at most. When
    /// null the preset says it.
    /// </summary>
    public TimeSpan? UdpLifetime { get; init; }

    /// <summary>Whether connection tracking checks transport checksums (Linux NATs of both kinds exist).</summary>
    public bool ConntrackChecksum { get; init; } = true;

    /// <summary>
    /// Whether those inside reach one another by the NAT's outer address, each seen with its outer address and port (RFC 4787 REQ-9). Only for NATs with
    /// endpoint-independent mapping, without effect on others.
    /// </summary>
    public bool Hairpin { get; init; }

    /// <summary>By which protocols its gateway opens ports for those inside. The place's outer address is then of a range of its own.</summary>
    public GatewayProtocols PortMapping { get; init; }

    /// <summary>The defaults.</summary>
    public static PlaceOptions Default { get; } = new();
}

/// <summary>Protocols by which a gateway opens ports for those inside.</summary>
[Flags]
public enum GatewayProtocols
{
    /// <summary>It opens none.</summary>
    None = 0,

    /// <summary>PCP and NAT-PMP, which one server speaks on one port.</summary>
    Pcp = 1,

    /// <summary>UPnP Internet Gateway Device.</summary>
    Upnp = 2,
}
