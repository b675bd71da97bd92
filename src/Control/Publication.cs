using System.Text.Json.Serialization;

namespace NTMobile.Control;

/// <summary>How far a published device is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PublicationState>))]
public enum PublicationState
{
    /// <summary>The servers have not answered yet.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>Everybody on the Internet reaches it by its name.</summary>
    [JsonStringEnumMemberName("published")]
    Published,

    /// <summary>The device has no IPv4 address.</summary>
    [JsonStringEnumMemberName("no-address")]
    NoAddress,

    /// <summary>The provider's relay server publishes no devices.</summary>
    [JsonStringEnumMemberName("not-offered")]
    NotOffered,

    /// <summary>One of the ports is taken at every public address of the relay server.</summary>
    [JsonStringEnumMemberName("ports-taken")]
    PortsTaken,

    /// <summary>More ports than the relay server gives one device.</summary>
    [JsonStringEnumMemberName("too-many-ports")]
    TooManyPorts,

    /// <summary>The relay server takes no further device of this router.</summary>
    [JsonStringEnumMemberName("full")]
    Full,

    /// <summary>The relay server's machine refused to let the ports in.</summary>
    [JsonStringEnumMemberName("not-opened")]
    NotOpened,

    /// <summary>The direction server does not give the name an address of this relay server.</summary>
    [JsonStringEnumMemberName("not-named")]
    NotNamed,
}

/// <summary>GET /api/published: what everybody on the Internet may reach on a device.</summary>
public sealed record Publication
{
    /// <summary>Label of the device.</summary>
    public required string Device { get; init; }

    /// <summary>Its name in full.</summary>
    public required string Name { get; init; }

    /// <summary><see cref="PortList"/> in its normal form, TCP and UDP only.</summary>
    public required string Ports { get; init; }

    /// <summary>How far it is.</summary>
    public required PublicationState State { get; init; }

    /// <summary>The public IPv4 address that the name stands for; null while there is none.</summary>
    public required string? Address { get; init; }

    /// <summary>The public IPv6 address beside it; null while there is none.</summary>
    public string? Address6 { get; init; }

    /// <summary>Both addresses as a text; empty while there is none.</summary>
    [JsonIgnore]
    public string Addresses => string.Join(" and ", new[] { Address, Address6 }.OfType<string>());

    /// <summary>What stands in the way, as an English sentence without a full stop; null while nothing does.</summary>
    public string? Problem => State switch
    {
        PublicationState.Published => null,
        PublicationState.Waiting => "the provider's servers have not answered yet",
        PublicationState.NoAddress => $"{Device} has no IPv4 address now",
        PublicationState.NotOffered => "the provider's relay server publishes no devices",
        PublicationState.PortsTaken => "one of these ports is taken at every public address of the provider's relay server",
        PublicationState.TooManyPorts => "these are more ports than the provider's relay server gives one device",
        PublicationState.NotOpened => "the packet filter of the provider's relay server refused to open the ports; its log tells why",
        PublicationState.Full => "the provider's relay server publishes no further device of this router",
        _ => "the direction server does not know the relay server's public addresses yet",
    };
}

/// <summary>POST /api/published: replaces what is published of the device.</summary>
/// <param name="Device">Label of a device.</param>
/// <param name="Ports">Text that <see cref="PortList.TryParse"/> takes; TCP and UDP ports by number only.</param>
public sealed record PublishRequest(string Device, string Ports);
