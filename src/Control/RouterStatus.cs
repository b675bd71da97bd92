using System.Text.Json.Serialization;

namespace NTMobile.Control;

/// <summary>GET /api/status: who this router is and how it is doing.</summary>
public sealed record RouterStatus
{
    /// <summary>The router's name in full (<c>bag.example.net</c>); empty before enrolment.</summary>
    public required string Name { get; init; }

    /// <summary>Zone of the names (<c>example.net</c>); empty before enrolment.</summary>
    public required string Zone { get; init; }

    /// <summary>Fingerprint of the identity key, base 32 in groups of four: what an owner reads out to be added to a group.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Version of the service.</summary>
    public required string Version { get; init; }

    /// <summary>True once the provider's key server has certified this router.</summary>
    public required bool Enrolled { get; init; }

    /// <summary>One word for everything between this router and its direction server.</summary>
    public required RouterState State { get; init; }

    /// <summary>The direction server in use; null before enrolment.</summary>
    public required DirectionServerStatus? DirectionServer { get; init; }

    /// <summary>Relay servers that the direction server told us of.</summary>
    public required IReadOnlyList<RelayStatus> Relays { get; init; }

    /// <summary>Every network interface that leads out, up or down.</summary>
    public required IReadOnlyList<UplinkStatus> Uplinks { get; init; }

    /// <summary>What the owner should know (a damaged store set aside, a clashing subnet). Empty when all is well.</summary>
    public required IReadOnlyList<Warning> Warnings { get; init; }

    /// <summary>Age of the service in s.</summary>
    public required double UptimeSeconds { get; init; }

    /// <summary>Packets dropped since the start, by the name of the reason. Reasons that never happened are left out.</summary>
    public required IReadOnlyDictionary<string, long> Drops { get; init; }
}

/// <summary>How the router stands towards its direction server.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RouterState>))]
public enum RouterState
{
    /// <summary>No certificate yet.</summary>
    [JsonStringEnumMemberName("not enrolled")]
    NotEnrolled,

    /// <summary>An uplink is there, registration is under way.</summary>
    [JsonStringEnumMemberName("connecting")]
    Connecting,

    /// <summary>Registered.</summary>
    [JsonStringEnumMemberName("online")]
    Online,

    /// <summary>No uplink works.</summary>
    [JsonStringEnumMemberName("offline")]
    Offline,
}

/// <summary>The direction server in use.</summary>
/// <param name="Name">Its name in full.</param>
/// <param name="Endpoint">Address and port, <c>203.0.113.1:4330</c>.</param>
/// <param name="Connected">True while its session is up and registration holds.</param>
/// <param name="RoundTripMs">Last measured round trip in ms; null when none was measured.</param>
public sealed record DirectionServerStatus(string Name, string Endpoint, bool Connected, double? RoundTripMs);

/// <summary>A relay server.</summary>
/// <param name="Endpoint">Address and port.</param>
/// <param name="Connected">True while a session with it is up.</param>
/// <param name="RoundTripMs">Last measured round trip in ms; null when none was measured.</param>
public sealed record RelayStatus(string Endpoint, bool Connected, double? RoundTripMs);

/// <summary>Something the owner should know.</summary>
/// <param name="Code">Stable name for programs and translations (<c>store-set-aside</c>).</param>
/// <param name="Message">English sentence for people.</param>
public sealed record Warning(string Code, string Message);
