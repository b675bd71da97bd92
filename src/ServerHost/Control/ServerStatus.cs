using System.Text.Json.Serialization;

namespace NTMobile.ServerHost.Control;

/// <summary>What <c>ntm-server status</c> tells; a role that is not played is left out.</summary>
internal sealed record ServerStatus
{
    /// <summary>The zone.</summary>
    public required string Zone { get; init; }

    /// <summary>The server's own name.</summary>
    public required string Name { get; init; }

    /// <summary>Seconds since the start.</summary>
    public required long UptimeSeconds { get; init; }

    /// <summary>The direction server.</summary>
    public DsStatus? Ds { get; init; }

    /// <summary>The relay server.</summary>
    public RsStatus? Rs { get; init; }

    /// <summary>The key management server.</summary>
    public KmsStatus? Kms { get; init; }

    /// <summary>TLS on TCP.</summary>
    public TlsStatus? Tls { get; init; }
}

/// <summary>The direction server's counters; all count from the start.</summary>
internal sealed record DsStatus
{
    /// <summary>UDP socket of the sessions.</summary>
    public required string Listen { get; init; }

    /// <summary>DNS socket.</summary>
    public required string Dns { get; init; }

    /// <summary>The DS's X25519 key in base64: what a node needs to know.</summary>
    public required string PublicKey { get; init; }

    /// <summary>Nodes that are known, registered now or not.</summary>
    public required int NodesKnown { get; init; }

    /// <summary>Nodes that are registered now.</summary>
    public required int NodesRegistered { get; init; }

    /// <summary>Sessions that are up.</summary>
    public required int Sessions { get; init; }

    /// <summary>Registrations accepted.</summary>
    public required long Registrations { get; init; }

    /// <summary>Directions given.</summary>
    public required long Directions { get; init; }

    /// <summary>DNS questions answered.</summary>
    public required long DnsAnswered { get; init; }

    /// <summary>DNS questions that came too often: truncated or dropped.</summary>
    public required long DnsLimited { get; init; }

    /// <summary>UDP sockets at which STUN is answered; the first is that of the sessions.</summary>
    public required IReadOnlyList<string> Stun { get; init; }

    /// <summary>STUN requests answered.</summary>
    public required long StunAnswered { get; init; }

    /// <summary>The relays, and whether slots can be given there now.</summary>
    public required IReadOnlyDictionary<string, bool> Relays { get; init; }

    /// <summary>What was refused to nodes, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Refused { get; init; }

    /// <summary>Datagrams dropped, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Drops { get; init; }
}

/// <summary>The relay server's counters; all count from the start.</summary>
internal sealed record RsStatus
{
    /// <summary>UDP socket.</summary>
    public required string Listen { get; init; }

    /// <summary>The RS's X25519 key in base64: what a DS elsewhere needs in <c>ds.relays</c>.</summary>
    public required string PublicKey { get; init; }

    /// <summary>Sessions that are up.</summary>
    public required int Sessions { get; init; }

    /// <summary>Slots at this time.</summary>
    public required int SlotCount { get; init; }

    /// <summary>Datagrams forwarded that carried devices' packets.</summary>
    public required long PayloadPackets { get; init; }

    /// <summary>Their bytes: zero proves that all pairs are direct.</summary>
    public required long PayloadBytes { get; init; }

    /// <summary>What was forwarded, by datagram type.</summary>
    public required IReadOnlyDictionary<string, TypeCount> Forwarded { get; init; }

    /// <summary>Datagrams dropped, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Drops { get; init; }

    /// <summary>The way to ordinary hosts, where it is offered.</summary>
    public EgressStatus? Egress { get; init; }

    /// <summary>Each slot's totals.</summary>
    public required IReadOnlyList<RelayServer.SlotStatus> Slots { get; init; }
}

/// <summary>What nodes' devices exchanged with ordinary hosts; zero packets prove that all of them went directly.</summary>
internal sealed record EgressStatus
{
    /// <summary>Devices that have an address of the pool now.</summary>
    public required int Devices { get; init; }

    /// <summary>Devices that ordinary hosts reach, those of nodes that are away for a short time included; left out where that is not offered.</summary>
    public int? Published { get; init; }

    /// <summary>Packets to ordinary hosts.</summary>
    public required long PacketsOut { get; init; }

    /// <summary>Their bytes.</summary>
    public required long BytesOut { get; init; }

    /// <summary>Packets from ordinary hosts.</summary>
    public required long PacketsIn { get; init; }

    /// <summary>Their bytes.</summary>
    public required long BytesIn { get; init; }

    /// <summary>Packets that went no further, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Drops { get; init; }
}

/// <summary>Datagrams of one type.</summary>
/// <param name="Packets">How many.</param>
/// <param name="Bytes">Their bytes.</param>
internal sealed record TypeCount(long Packets, long Bytes);

/// <summary>The key management server.</summary>
internal sealed record KmsStatus
{
    /// <summary>TCP socket.</summary>
    public required string Listen { get; init; }

    /// <summary>SHA-256 of the TLS key's SubjectPublicKeyInfo in base64: by what nodes know the KMS.</summary>
    public required string Pin { get; init; }

    /// <summary>Names with a certificate, those of servers too.</summary>
    public required int Certificates { get; init; }
}

/// <summary>TLS on TCP, for nodes whose network lets no UDP through.</summary>
internal sealed record TlsStatus
{
    /// <summary>TCP sockets.</summary>
    public required IReadOnlyList<string> Listen { get; init; }

    /// <summary>Nodes' connections now; one node has one for each role.</summary>
    public required int Nodes { get; init; }

    /// <summary>Nodes' connections since the start.</summary>
    public required long Accepted { get; init; }
}

/// <summary>A new enrolment token.</summary>
/// <param name="Token">To be given to <c>ntm enrol</c> or <c>ntm-server enrol</c>; works once.</param>
internal sealed record TokenReply(string Token);

/// <summary>Why the server refuses.</summary>
/// <param name="Error">In words.</param>
internal sealed record ErrorReply(string Error);

/// <summary>JSON of the control socket, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerStatus))]
[JsonSerializable(typeof(TokenReply))]
[JsonSerializable(typeof(ErrorReply))]
internal sealed partial class ControlJson : JsonSerializerContext;
