using System.Text.Json.Serialization;

namespace NTMobile.Control;

/// <summary>The port that the gateway of an uplink holds open for this router, by a protocol of its own (PCP, NAT-PMP or UPnP).</summary>
/// <param name="State">How far it is.</param>
/// <param name="Protocol">By which protocol; null: no port is open.</param>
/// <param name="Outside">Address and port of it, as the gateway says; null: likewise.</param>
public sealed record PortMappingStatus(PortMappingState State, string? Protocol, string? Outside);

/// <summary>How far a gateway's port is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PortMappingState>))]
public enum PortMappingState
{
    /// <summary>Gateways are not asked: the owner has switched it off.</summary>
    [JsonStringEnumMemberName("off")]
    Off,

    /// <summary>The gateway is being asked.</summary>
    [JsonStringEnumMemberName("asking")]
    Asking,

    /// <summary>The gateway opens none, or there is none.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>Open, and peers are told of it.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>Open, but no server sees this router at that address (there is another NAT behind the gateway): peers are not told.</summary>
    [JsonStringEnumMemberName("not-seen")]
    NotSeen,
}
