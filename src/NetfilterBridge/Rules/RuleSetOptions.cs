using System.Net;

namespace NTMobile.NetfilterBridge;

/// <summary>What the kernel's packet filter is to do for the router.</summary>
public sealed record RuleSetOptions
{
    /// <summary>Bit of the packet mark for packets that must be queued (<see cref="InternetFate.Queue"/>).</summary>
    public const uint MustQueueMark = 0x0020_0000;

    /// <summary>Bit of the packet mark for packets that are left to the router (<see cref="InternetFate.QueueNew"/>).</summary>
    public const uint MayQueueMark = 0x0040_0000;

    /// <summary>Bit of the packet mark for packets that may answer a host outside (<see cref="Answering"/>).</summary>
    public const uint MayAnswerMark = 0x0080_0000;

    /// <summary>Interfaces with the LAN's devices.</summary>
    public required IReadOnlyList<string> LanInterfaces { get; init; }

    /// <summary>Interfaces towards the Internet.</summary>
    public IReadOnlyList<string> Uplinks { get; init; } = [];

    /// <summary>Addresses that stand for remote devices.</summary>
    public IPNetwork VirtualPrefix { get; init; } = IPNetwork.Parse("198.18.0.0/15");

    /// <summary>The same in IPv6.</summary>
    public IPNetwork VirtualPrefix6 { get; init; } = IPNetwork.Parse("fd4e:5400::/24");

    /// <summary>Virtual addresses of IPv4 that stand for hosts outside: what is for them is queued in single packets; null: none do.</summary>
    public IPNetwork? OutsideHosts { get; init; }

    /// <summary>The TUN device's name.</summary>
    public string TunName { get; init; } = "ntm0";

    /// <summary>First queue for TCP to virtual addresses; the kernel spreads flows over all of them.</summary>
    public ushort FirstTcpQueue { get; init; } = 4330;

    /// <summary>How many queues for TCP.</summary>
    public ushort TcpQueueCount { get; init; } = 1;

    /// <summary>Queue for everything else to virtual addresses.</summary>
    public ushort OtherQueue { get; init; } = 4350;

    /// <summary>Queue for DNS queries of the LAN's devices.</summary>
    public ushort DnsQueue { get; init; } = 4351;

    /// <summary>Bit of packet mark and connection mark for flows that a LAN device began; see <see cref="PolicyRoutingOptions.LanMark"/>.</summary>
    public uint LanMark { get; init; } = PolicyRoutingOptions.DefaultLanMark;

    /// <summary>Whether LAN devices share the uplinks' addresses. Off where the router has its own address translation.</summary>
    public bool Masquerade { get; init; } = true;

    /// <summary>Whether the TCP segment size of ordinary traffic is held to the uplink's MTU.</summary>
    public bool ClampMss { get; init; } = true;

    /// <summary>What becomes of packets of LAN devices to ordinary hosts; none: they go their ordinary way.</summary>
    public IReadOnlyList<InternetRule> Internet { get; init; } = [];

    /// <summary>Ports from which packets to ordinary hosts are queued too, unless they belong to a connection that the kernel forwards. Without a listener they go their ordinary way.</summary>
    public IReadOnlyList<AnsweringPorts> Answering { get; init; } = [];

    /// <summary>This machine's own addresses on the LANs.</summary>
    public IReadOnlyList<IPAddress> LanAddresses { get; init; } = [];

    /// <summary>The LANs' networks: who is there is no ordinary host.</summary>
    public IReadOnlyList<IPNetwork> LanNetworks { get; init; } = [];

    /// <summary>TCP and UDP ports at which peers' packets come in without a tunnel; null: none do.</summary>
    public PortBlock? TranslationPorts { get; init; }

    /// <summary>Queue for what comes there.</summary>
    public ushort TranslationQueue { get; init; } = 4352;

    /// <summary>The router's UDP port, which masquerading must not give to a LAN device; zero: none.</summary>
    public ushort RouterPort { get; init; }
}

/// <summary>Ports in a row.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last, inclusive.</param>
public readonly record struct PortBlock(ushort First, ushort Last)
{
    /// <inheritdoc/>
    public override string ToString() => $"{First}-{Last}";
}
