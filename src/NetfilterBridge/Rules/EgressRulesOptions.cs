using System.Net;

namespace NTMobile.NetfilterBridge;

/// <summary>What the kernel's packet filter is to do for a server behind whose TUN device there are other people's LANs.</summary>
public sealed record EgressRulesOptions
{
    /// <summary>The TUN device's name.</summary>
    public required string TunName { get; init; }

    /// <summary>Addresses that devices have there.</summary>
    public required IPNetwork Pool { get; init; }

    /// <summary>The address that ordinary hosts see; null: that of the interface by which a packet leaves.</summary>
    public IPAddress? PublicAddress { get; init; }

    /// <summary>Name server that devices may ask even where it is this machine; null: none.</summary>
    public IPAddress? Resolver { get; init; }

    /// <summary>Where devices may not go: networks that are not the Internet.</summary>
    public required IReadOnlyList<IPNetwork> Denied { get; init; }

    /// <summary>Most connections of one device at one time.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>Whether ordinary hosts may reach devices at public ports (<see cref="EgressRules.Publish"/>).</summary>
    public bool Publishes { get; init; }

    /// <summary>Addresses of published devices; null: they have none of IPv6.</summary>
    public IPNetwork? Prefix6 { get; init; }

    /// <summary>Whether the machine forwards nothing else: it did not before we came.</summary>
    public bool ForwardsNothingElse { get; init; }

    /// <summary>The same of IPv6.</summary>
    public bool ForwardsNothingElse6 { get; init; }
}

/// <summary>A range of public ports and the device behind it.</summary>
/// <param name="Address">Public IPv4 address.</param>
/// <param name="Protocol">IP protocol: TCP or UDP.</param>
/// <param name="First">First port, the device's too.</param>
/// <param name="Last">Last port, inclusive.</param>
/// <param name="Device">The device's address in the pool.</param>
public readonly record struct PublishedRange(IPAddress Address, byte Protocol, ushort First, ushort Last, IPAddress Device);
