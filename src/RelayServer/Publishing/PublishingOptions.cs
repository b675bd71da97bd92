using NTMobile.Wire.Frames;

namespace NTMobile.RelayServer.Publishing;

/// <summary>At which public addresses an RS lets ordinary hosts reach devices that nodes publish.</summary>
public sealed record PublishingOptions
{
    /// <summary>Public addresses of this RS's machine, or routed to it; every address of a network is given to devices.</summary>
    public required IReadOnlyList<PublicNetwork> Networks { get; init; }

    /// <summary>Public IPv6 addresses, routed to this RS's machine, of which every device gets one of its own; null: none.</summary>
    public PublicPrefix6? Prefix6 { get; init; }

    /// <summary>Ports that no device gets, at any of the IPv4 addresses.</summary>
    public IReadOnlyList<PublishedPorts> Reserved { get; init; } = [];

    /// <summary>Most devices of one node.</summary>
    public int MaxDevicesPerNode { get; init; } = PublishRequest.MaxDevices;

    /// <summary>Most ports of one device.</summary>
    public int MaxPortsPerDevice { get; init; } = 256;

    /// <summary>Least time between two changes by one node; what comes earlier gets no answer, and is asked again. Each port of a change is looked at on the machine.</summary>
    public TimeSpan BetweenChanges { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the address of a node that is away is kept for it.</summary>
    public TimeSpan Held { get; init; } = TimeSpan.FromMinutes(10);
}
