using System.Text.Json.Serialization;

namespace NTMobile.Control;

/// <summary>GET /api/sessions: one session with another node.</summary>
public sealed record Session
{
    /// <summary>The peer node's name in full.</summary>
    public required string Peer { get; init; }

    /// <summary>Name of the common group that both ends chose; empty before they have.</summary>
    public required string Group { get; init; }

    /// <summary>How far it is.</summary>
    public required SessionState State { get; init; }

    /// <summary>Transport cipher (<c>AES-256-GCM</c>); empty before it is agreed.</summary>
    public required string Cipher { get; init; }

    /// <summary>Key epoch: how often the session has rekeyed.</summary>
    public required int Epoch { get; init; }

    /// <summary>Age since the handshake in s; 0 before it.</summary>
    public required double EstablishedSeconds { get; init; }

    /// <summary>The path in use; null before there is one.</summary>
    public required SessionPath? Path { get; init; }

    /// <summary>Inner bytes received.</summary>
    public required long BytesIn { get; init; }

    /// <summary>Inner bytes sent.</summary>
    public required long BytesOut { get; init; }

    /// <summary>Inner packets received.</summary>
    public required long PacketsIn { get; init; }

    /// <summary>Inner packets sent.</summary>
    public required long PacketsOut { get; init; }

    /// <summary>What travels without the tunnel; null: nothing has so far.</summary>
    public SessionTranslation? Translation { get; init; }

    /// <summary>Pairs of devices that talk in it.</summary>
    public required IReadOnlyList<SessionContext> Contexts { get; init; }

    /// <summary>Moves, newest first; as many as the router keeps.</summary>
    public required IReadOnlyList<Move> Moves { get; init; }
}

/// <summary>How far a session is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SessionState>))]
public enum SessionState
{
    /// <summary>The direction server was asked.</summary>
    [JsonStringEnumMemberName("directing")]
    Directing,

    /// <summary>Handshake messages are under way.</summary>
    [JsonStringEnumMemberName("handshaking")]
    Handshaking,

    /// <summary>Data passes.</summary>
    [JsonStringEnumMemberName("established")]
    Established,

    /// <summary>One end has moved and no path is confirmed yet.</summary>
    [JsonStringEnumMemberName("moving")]
    Moving,

    /// <summary>It was closed and is kept for a short while only to be looked at.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,
}

/// <summary>The way on which a session's packets travel.</summary>
/// <param name="Kind">Straight to the peer, or over a relay server.</param>
/// <param name="Uplink">Interface used (<c>wwan0</c>).</param>
/// <param name="Remote">Address and port to which datagrams go: the peer's, or the relay's.</param>
/// <param name="RoundTripMs">Last measured round trip in ms; null when none was measured.</param>
/// <param name="Mtu">Largest IP packet known to pass on it, in bytes.</param>
public sealed record SessionPath(PathKind Kind, string Uplink, string Remote, double? RoundTripMs, int Mtu);

/// <summary>Kinds of paths.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PathKind>))]
public enum PathKind
{
    /// <summary>Straight to the peer.</summary>
    [JsonStringEnumMemberName("direct")]
    Direct,

    /// <summary>Over a relay server, which sees ciphertext only.</summary>
    [JsonStringEnumMemberName("relay")]
    Relay,
}

/// <summary>What of a session travels without the tunnel, as ordinary TCP and UDP packets with other addresses and ports.</summary>
/// <param name="Kind">How it does now.</param>
/// <param name="Flows">Flows that do now.</param>
/// <param name="PacketsIn">Packets received so; among the session's.</param>
/// <param name="PacketsOut">Packets sent so.</param>
public sealed record SessionTranslation(TranslationKind Kind, int Flows, long PacketsIn, long PacketsOut);

/// <summary>How packets travel without the tunnel.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TranslationKind>))]
public enum TranslationKind
{
    /// <summary>Not now: the path does not carry them, or is not proved yet.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>Enciphered, with a keyed checksum of 16 bits.</summary>
    [JsonStringEnumMemberName("pccom")]
    Pccom,

    /// <summary>Neither enciphered nor authenticated.</summary>
    [JsonStringEnumMemberName("plain")]
    Plain,
}

/// <summary>A pair of devices inside a session.</summary>
/// <param name="LocalDevice">Label or LAN address of the device here.</param>
/// <param name="RemoteDevice">Name in full of the device there.</param>
/// <param name="VirtualAddress">Address under which the device there is seen here.</param>
public sealed record SessionContext(string LocalDevice, string RemoteDevice, string VirtualAddress);

/// <summary>One move of either end, or one change of path.</summary>
/// <param name="At">When it began, by this router's clock.</param>
/// <param name="Cause">Stable name: <see cref="MoveCauses"/>.</param>
/// <param name="GapMs">Time without a working path, in ms; 0 when there was none.</param>
/// <param name="Lost">Most packets of the peer that it can have cost: the gaps in its counters, attempts to find a path among them.</param>
/// <param name="From">The old path in short: kind, uplink, other end (<c>direct wlan0 203.0.113.5:4330</c>); <c>none</c>.</param>
/// <param name="To">The new path in short.</param>
public sealed record Move(DateTimeOffset At, string Cause, double GapMs, long Lost, string From, string To);

/// <summary>Values of <see cref="Move.Cause"/>.</summary>
public static class MoveCauses
{
    /// <summary>An address, route or link of this router changed.</summary>
    public const string LocalAddress = "local-address";

    /// <summary>The peer told of new addresses.</summary>
    public const string PeerMoved = "peer-moved";

    /// <summary>A NAT in front forgot or changed its mapping.</summary>
    public const string NatChanged = "nat-changed";

    /// <summary>The path stopped answering.</summary>
    public const string PathSilent = "path-silent";

    /// <summary>The network here stopped letting UDP through: on by TLS over TCP.</summary>
    public const string UdpBlocked = "udp-blocked";

    /// <summary>A better path was found (relay to direct).</summary>
    public const string BetterPath = "better-path";
}
