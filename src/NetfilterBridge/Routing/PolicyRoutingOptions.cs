using System.Net;

namespace NTMobile.NetfilterBridge;

/// <summary>A network with LAN devices.</summary>
/// <param name="Name">Interface.</param>
/// <param name="Address">The router's own address there.</param>
/// <param name="PrefixLength">Bits of the network part.</param>
public sealed record LanNetwork(string Name, IPAddress Address, int PrefixLength)
{
    /// <summary>The router's own IPv6 addresses there that others can reach, with the bits of their network part; none: the LAN has no IPv6.</summary>
    public IReadOnlyList<(IPAddress Address, int PrefixLength)> Ipv6 { get; init; } = [];

    /// <summary>The network itself.</summary>
    public IPNetwork ToNetwork() => PolicyRouting.Network(Address, PrefixLength);

    /// <summary>As a log shows it.</summary>
    public override string ToString() => $"{Name} {Address}/{PrefixLength}{string.Concat(Ipv6.Select(a => $" {a.Address}/{a.PrefixLength}"))}";
}

/// <summary>A way to the Internet by one IP version. Addresses of all uplinks and LANs may overlap in any way.</summary>
/// <param name="Name">Interface.</param>
/// <param name="Table">Number of its own routing table, different for each interface.</param>
/// <param name="Address">The router's own address there.</param>
/// <param name="PrefixLength">Bits of the network part.</param>
/// <param name="Gateway">Next hop towards the Internet, or null on a point-to-point link.</param>
public sealed record UplinkNetwork(string Name, uint Table, IPAddress Address, int PrefixLength, IPAddress? Gateway)
{
    /// <summary>Whether it is one by IPv6.</summary>
    public bool IsIpv6 => Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
}

/// <summary>What <see cref="PolicyRouting"/> plans from.</summary>
public sealed record PolicyRoutingOptions
{
    /// <summary>Default of <see cref="LanMark"/>.</summary>
    public const uint DefaultLanMark = 0x0010_0000;

    /// <summary>First of the tables that uplinks may use; they are cleared of routes that are not planned.</summary>
    public const uint FirstUplinkTable = 1990;

    /// <summary>How many tables uplinks may use.</summary>
    public const uint UplinkTables = 64;

    /// <summary>LANs.</summary>
    public required IReadOnlyList<LanNetwork> Lans { get; init; }

    /// <summary>Uplinks by IPv4.</summary>
    public IReadOnlyList<UplinkNetwork> Uplinks { get; init; } = [];

    /// <summary>Uplinks by IPv6.</summary>
    public IReadOnlyList<UplinkNetwork> Uplinks6 { get; init; } = [];

    /// <summary>Name of the uplink that ordinary traffic takes; null: table <c>main</c> decides.</summary>
    public string? ChosenUplink { get; init; }

    /// <summary>The TUN device's name.</summary>
    public string TunName { get; init; } = "ntm0";

    /// <summary>Addresses that stand for remote devices.</summary>
    public IPNetwork VirtualPrefix { get; init; } = IPNetwork.Parse("198.18.0.0/15");

    /// <summary>The same in IPv6.</summary>
    public IPNetwork VirtualPrefix6 { get; init; } = IPNetwork.Parse("fd4e:5400::/24");

    /// <summary>Whether to plan for IPv6.</summary>
    public bool HasIpv6 { get; init; } = PolicyRouting.KernelHasIpv6;

    /// <summary>Uplinks that take their IPv6 address from router advertisements: a kernel that forwards would do so no longer.</summary>
    public IReadOnlyList<string> AdvertisedUplinks { get; init; } = [];

    /// <summary>Bit of the packet mark that sends a packet to the LAN whatever else its address means.</summary>
    public uint LanMark { get; init; } = DefaultLanMark;

    /// <summary>Table with the LANs.</summary>
    public uint LanTable { get; init; } = 1980;

    /// <summary>Table that refuses everything.</summary>
    public uint GuardTable { get; init; } = 1981;

    /// <summary>Priority of the first rule.</summary>
    public uint FirstPriority { get; init; } = 100;

    /// <summary>Priority that the kernel's <c>local</c> table is moved to.</summary>
    public uint LocalPriority { get; init; } = 1000;
}
