using System.Net;
using System.Net.Sockets;

namespace NTMobile.Linux;

/// <summary>A network interface.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsUp">Whether it is switched on.</param>
/// <param name="HasCarrier">Whether it can carry traffic now: on, and with a cable or an association.</param>
/// <param name="Mtu">Largest IP packet, in bytes.</param>
/// <param name="Kind">What the kernel calls its kind (<c>veth</c>, <c>bridge</c>, <c>tun</c>); empty for hardware.</param>
/// <param name="HardwareAddress">48 bits of an Ethernet address, or zero.</param>
/// <param name="MasterIndex">Number of the bridge it belongs to, or zero.</param>
public sealed record Link(
    int Index, string Name, bool IsUp, bool HasCarrier, int Mtu, string Kind, ulong HardwareAddress, int MasterIndex);

/// <summary>An address of an interface.</summary>
/// <param name="LinkIndex">Number of the interface.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Bits of the network part.</param>
/// <param name="Scope">0 global, 253 link, 254 host.</param>
/// <param name="Flags">IFA_F_*: 0x40 tentative, 0x20 deprecated, ….</param>
public sealed record InterfaceAddress(int LinkIndex, IPAddress Address, int PrefixLength, byte Scope = 0, uint Flags = 0);

/// <summary>Types of a route (RTN_*).</summary>
public enum RouteType : byte
{
    /// <summary>An ordinary route.</summary>
    Unicast = 1,

    /// <summary>An address of this machine.</summary>
    Local = 2,

    /// <summary>A broadcast address.</summary>
    Broadcast = 3,

    /// <summary>A multicast route.</summary>
    Multicast = 5,

    /// <summary>Dropped in silence.</summary>
    Blackhole = 6,

    /// <summary>Refused with ICMP host unreachable.</summary>
    Unreachable = 7,

    /// <summary>Refused with ICMP administratively prohibited.</summary>
    Prohibit = 8,

    /// <summary>The rules go on as if this table had no answer.</summary>
    Throw = 9,
}

/// <summary>A route.</summary>
/// <param name="Destination">What it leads to.</param>
public sealed record Route(IPNetwork Destination)
{
    /// <summary>Number of table <c>main</c>.</summary>
    public const uint MainTable = 254;

    /// <summary>Number of table <c>local</c>.</summary>
    public const uint LocalTable = 255;

    /// <summary>Table.</summary>
    public uint Table { get; init; } = MainTable;

    /// <summary>Type.</summary>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>Next hop, or null for a neighbour.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Number of the interface, or zero.</summary>
    public int LinkIndex { get; init; }

    /// <summary>Source address for packets of this machine's own, or null.</summary>
    public IPAddress? PreferredSource { get; init; }

    /// <summary>Metric; the smallest wins.</summary>
    public uint Metric { get; init; }

    /// <summary>Whether the gateway counts as a neighbour although no address of the interface says so.</summary>
    public bool OnLink { get; init; }

    /// <summary>Who made it (RTPROT_*): 2 kernel, 3 boot, 4 static, 16 DHCP; <see cref="RouteEditor.Protocol"/> is ours.</summary>
    public byte Protocol { get; init; } = RouteEditor.Protocol;

    /// <summary>Largest packet, or zero for the interface's.</summary>
    public int Mtu { get; init; }

    internal AddressFamily Family => Destination.BaseAddress.AddressFamily;
}

/// <summary>A routing rule: which table is asked for which packets. Conditions left out hold for all.</summary>
/// <param name="Priority">The rules are asked from the lowest on.</param>
/// <param name="Table">Table asked.</param>
public sealed record Rule(uint Priority, uint Table)
{
    /// <summary>IPv4 or IPv6.</summary>
    public AddressFamily Family { get; init; } = AddressFamily.InterNetwork;

    /// <summary>Packet mark, compared under <see cref="MarkMask"/>.</summary>
    public uint Mark { get; init; }

    /// <summary>Bits of the mark that count; zero: the mark does not matter.</summary>
    public uint MarkMask { get; init; }

    /// <summary>Interface the packet came in by, or null.</summary>
    public string? InputInterface { get; init; }

    /// <summary>Interface that the sending socket is bound to, or null.</summary>
    public string? OutputInterface { get; init; }

    /// <summary>Source addresses, or null.</summary>
    public IPNetwork? Source { get; init; }

    /// <summary>Destination addresses, or null.</summary>
    public IPNetwork? Destination { get; init; }

    /// <summary>Leaves out the table's routes with a prefix of at most this length; -1 none.</summary>
    public int SuppressPrefixLength { get; init; } = -1;

    /// <summary>Who made it; see <see cref="Route.Protocol"/>.</summary>
    public byte Protocol { get; init; } = RouteEditor.Protocol;
}

/// <summary>A neighbour of an interface.</summary>
/// <param name="LinkIndex">Number of the interface.</param>
/// <param name="Address">IP address.</param>
/// <param name="HardwareAddress">48 bits of its Ethernet address, or zero while it is not known.</param>
/// <param name="State">NUD_*: 1 incomplete, 2 reachable, 4 stale, 8 delay, 16 probe, 32 failed, 64 noarp, 128 permanent.</param>
public sealed record Neighbour(int LinkIndex, IPAddress Address, ulong HardwareAddress, ushort State);
