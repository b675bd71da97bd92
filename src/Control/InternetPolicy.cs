using System.Text.Json.Serialization;

namespace NTMobile.Control;

/// <summary>How devices reach ordinary hosts of the Internet.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InternetWay>))]
public enum InternetWay
{
    /// <summary>As without this router: the host sees the uplink's address, and connections end when that changes.</summary>
    [JsonStringEnumMemberName("direct")]
    Direct,

    /// <summary>Through a relay server: the host sees the server, connections survive moves, and nothing leaves in clear by the uplink.</summary>
    [JsonStringEnumMemberName("relay")]
    Relay,

    /// <summary>New connections go through a relay server for half an hour after each move of the router, else directly.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,
}

/// <summary>One rule. Of those that fit, the one with device and destination wins, then that with a device, then that with a destination; of
/// several destinations the narrowest.</summary>
public sealed record InternetRule
{
    /// <summary>Short name of this rule, unique on this router.</summary>
    public required string Id { get; init; }

    /// <summary>MAC address of the device; null: every device.</summary>
    public required string? Mac { get; init; }

    /// <summary>Label of that device, if it has one.</summary>
    public required string? Device { get; init; }

    /// <summary>IPv4 address or network (203.0.113.0/24); null: everything.</summary>
    public required string? Destination { get; init; }

    /// <summary>How.</summary>
    public required InternetWay Way { get; init; }
}

/// <summary>GET /api/internet.</summary>
public sealed record InternetPolicy
{
    /// <summary>The rules, the first that fits wins. Without any: direct.</summary>
    public required IReadOnlyList<InternetRule> Rules { get; init; }

    /// <summary>The relay server that takes packets now; null: none.</summary>
    public required string? Relay { get; init; }

    /// <summary>Whether "auto" means through the relay server now.</summary>
    public required bool AutoRelays { get; init; }

    /// <summary>Packets that went through the relay server under the present keys.</summary>
    public required long PacketsOut { get; init; }

    /// <summary>Packets that came back.</summary>
    public required long PacketsIn { get; init; }
}

/// <summary>POST /api/internet: replaces the rule of the same device and destination.</summary>
/// <param name="Way">How.</param>
/// <param name="Device">Label or MAC address of a device; null: every device.</param>
/// <param name="Destination">IPv4 address or network; null: everything.</param>
public sealed record InternetRuleRequest(InternetWay Way, string? Device = null, string? Destination = null);
