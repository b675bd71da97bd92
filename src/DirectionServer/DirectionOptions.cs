using System.Net;
using NTMobile.Packets;
using NTMobile.Wire.Frames;

namespace NTMobile.DirectionServer;

/// <summary>What a direction server is told by its configuration.</summary>
public sealed record DirectionOptions
{
    /// <summary>The zone whose nodes it directs; a node's name is one label and the zone.</summary>
    public required string Zone { get; init; }

    /// <summary>The DS's own name: the zone's name server, and the DS that nodes' records name.</summary>
    public required string ServerName { get; init; }

    /// <summary>Addresses of names in the zone that are no nodes: the servers' own.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> Hosts { get; init; } = new Dictionary<string, IReadOnlyList<IPAddress>>();

    /// <summary>DNS answers per second to one IPv4 /24 or IPv6 /56 over UDP; what goes beyond is truncated or dropped.</summary>
    public double DnsAnswersPerSecond { get; init; } = 100;

    /// <summary>Where STUN is answered, as askers see it: the DS's own address and port, the same address with a second port, then a second address with
    /// both ports. The first one alone, the first two, or all four: with four, NAT behaviour can be discovered (RFC 5780).</summary>
    public IReadOnlyList<Endpoint> StunPlaces { get; init; } = [];

    /// <summary>STUN answers per second to one IPv4 /24 or IPv6 /56; what goes beyond is dropped.</summary>
    public double StunAnswersPerSecond { get; init; } = 100;

    /// <summary>How long a registration lasts after the last authenticated sign of its node.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For how long a node's name and devices are known after its last registration: they exist, but are away.</summary>
    public TimeSpan Remembered { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Most nodes known at one time.</summary>
    public int MaxNodes { get; init; } = 100_000;

    /// <summary>Directions per second that one node may ask for; ten seconds' worth at once.</summary>
    public double DirectionsPerSecond { get; init; } = 5;

    /// <summary>Most directions that wait for their responder's acknowledgement.</summary>
    public int MaxUnacknowledged { get; init; } = 10_000;

    /// <summary>Where STUN is answered by IPv6, at the DS's own port; none: nowhere. NAT behaviour cannot be discovered there: IPv6 has no NAT.</summary>
    public Endpoint StunPlace6 { get; init; }

    /// <summary>Where the DS and its relays are reached by the other IP version.</summary>
    public IReadOnlyList<OtherEndpoint> OtherEndpoints { get; init; } = [];

    /// <summary>The relay servers, at most <see cref="RegistrationResponse.MaxRelays"/>.</summary>
    public IReadOnlyList<Relay> Relays { get; init; } = [];
}
