using System.Text.Json.Serialization;

namespace NTMobile.Control;

/// <summary>POST /api/netcheck: what network the preferred uplink is in. Everything was measured; null and <c>unknown</c> say that it was not.</summary>
public sealed record NetworkReport
{
    /// <summary>The preferred uplink's interface; null: no uplink works, and nothing below was measured.</summary>
    public required string? Uplink { get; init; }

    /// <summary>Address and port at which the servers see it; null when unknown.</summary>
    public required string? PublicEndpoint { get; init; }

    /// <summary>Whether UDP gets through to the servers.</summary>
    public required UdpState Udp { get; init; }

    /// <summary>How the NATs in front choose ports.</summary>
    public required NatMapping Mapping { get; init; }

    /// <summary>What the NATs or firewalls in front let in.</summary>
    public required NatFiltering Filtering { get; init; }

    /// <summary>Largest IP packet of the uplink's interface, in bytes.</summary>
    public required int InterfaceMtu { get; init; }

    /// <summary>Largest IP packet that was proved to reach a peer over this uplink now, in bytes; null when there is no session.</summary>
    public required int? PathMtu { get; init; }

    /// <summary>Round trip to the direction server in ms; null when it does not answer.</summary>
    public required double? DirectionServerMs { get; init; }

    /// <summary>Round trips to the relays in ms, by their endpoints; null for one that does not answer.</summary>
    public required IReadOnlyDictionary<string, double?> RelayMs { get; init; }

    /// <summary>Whether somebody answers in the place of the Internet until a form is sent.</summary>
    public required PortalState CaptivePortal { get; init; }

    /// <summary>Where the portal sends browsers, as it says itself; null when it does not, or there is none.</summary>
    public required string? PortalPage { get; init; }

    /// <summary>The uplink's global IPv6 addresses.</summary>
    public required IReadOnlyList<string> Ipv6 { get; init; }

    /// <summary>By which protocols the gateway would open ports.</summary>
    public required PortMappingProtocols PortMapping { get; init; }

    /// <summary>The port that the gateway holds open now.</summary>
    public required PortMappingStatus OpenPort { get; init; }

    /// <summary>Devices of the LAN that asked other name servers than this router in the last hour, the latest first; null: not measured.</summary>
    public required IReadOnlyList<DnsBypass>? DnsBypass { get; init; }

    /// <summary>What it means for reaching others.</summary>
    public required Reach Reach { get; init; }
}

/// <summary>How UDP fares.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UdpState>))]
public enum UdpState
{
    /// <summary>No server answers, by whatever protocol.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>The servers answer over UDP.</summary>
    [JsonStringEnumMemberName("works")]
    Works,

    /// <summary>The servers answer over TCP 443 only.</summary>
    [JsonStringEnumMemberName("blocked")]
    Blocked,
}

/// <summary>Whether there is a captive portal.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PortalState>))]
public enum PortalState
{
    /// <summary>Nobody answers at all.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>The servers themselves answer.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>The servers do not answer, but a web page comes back from their address.</summary>
    [JsonStringEnumMemberName("present")]
    Present,
}

/// <summary>Whom this router can reach, and how.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Reach>))]
public enum Reach
{
    /// <summary>Nobody: there is no way to the servers.</summary>
    [JsonStringEnumMemberName("nobody")]
    Nobody,

    /// <summary>Everybody, over the relay.</summary>
    [JsonStringEnumMemberName("relay")]
    Relay,

    /// <summary>Directly those whose NAT keeps one port for all destinations, some of them after seconds over the relay; the others over the relay.</summary>
    [JsonStringEnumMemberName("some-direct")]
    SomeDirect,

    /// <summary>Everybody who has UDP, directly; those behind a NAT with another port for each destination after seconds over the relay, or now and then over it alone.</summary>
    [JsonStringEnumMemberName("most-direct")]
    MostDirect,

    /// <summary>Everybody who has UDP, directly.</summary>
    [JsonStringEnumMemberName("all-direct")]
    AllDirect,

    /// <summary>The servers are reached; what the NAT does was not measured yet.</summary>
    [JsonStringEnumMemberName("not-measured")]
    NotMeasured,
}

/// <summary>Protocols by which a gateway opens ports: true when it answered, false when it did not within a second; null: not asked.</summary>
/// <param name="Pcp">RFC 6887.</param>
/// <param name="NatPmp">RFC 6886.</param>
/// <param name="Upnp">UPnP Internet Gateway Device, by its discovery.</param>
public sealed record PortMappingProtocols(bool? Pcp, bool? NatPmp, bool? Upnp);
