using System.Text.Json.Serialization;

namespace NTMobile.Control;

/// <summary>One interface that leads out.</summary>
public sealed record UplinkStatus
{
    /// <summary>Interface name (<c>wwan0</c>).</summary>
    public required string Name { get; init; }

    /// <summary>True when it has carrier, an address and a way out.</summary>
    public required bool Up { get; init; }

    /// <summary>Its IPv4 address with prefix length (<c>192.168.1.20/24</c>); null when it has none.</summary>
    public required string? Address { get; init; }

    /// <summary>Its IPv6 address with prefix length that sessions use; null when it has none.</summary>
    public string? Address6 { get; init; }

    /// <summary>The prefix of the NAT64 through which it reaches IPv4 (<c>64:ff9b::/96</c>); null when there is none, or none is needed.</summary>
    public string? Nat64 { get; init; }

    /// <summary>Its gateway, of IPv4 where it has that; null when it has none.</summary>
    public required string? Gateway { get; init; }

    /// <summary>How the NATs in front choose ports.</summary>
    public required NatMapping NatMapping { get; init; }

    /// <summary>What the NATs or firewalls in front let in.</summary>
    public required NatFiltering NatFiltering { get; init; }

    /// <summary>Largest IP packet that is known to pass, in bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>Address and port at which servers see this uplink; null when unknown.</summary>
    public required string? PublicEndpoint { get; init; }

    /// <summary>The port that its gateway holds open.</summary>
    public required PortMappingStatus PortMapping { get; init; }
}

/// <summary>RFC 4787 mapping behaviour.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NatMapping>))]
public enum NatMapping
{
    /// <summary>Not measured yet.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>The address seen outside is the uplink's own.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>One outer port for all destinations.</summary>
    [JsonStringEnumMemberName("endpoint-independent")]
    EndpointIndependent,

    /// <summary>Another outer port for each destination.</summary>
    [JsonStringEnumMemberName("endpoint-dependent")]
    EndpointDependent,
}

/// <summary>RFC 4787 filtering behaviour.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NatFiltering>))]
public enum NatFiltering
{
    /// <summary>Not measured yet.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>Anybody may send to an open port.</summary>
    [JsonStringEnumMemberName("endpoint-independent")]
    EndpointIndependent,

    /// <summary>Only addresses we sent to.</summary>
    [JsonStringEnumMemberName("address-dependent")]
    AddressDependent,

    /// <summary>Only addresses and ports we sent to.</summary>
    [JsonStringEnumMemberName("address-and-port-dependent")]
    AddressAndPortDependent,
}
