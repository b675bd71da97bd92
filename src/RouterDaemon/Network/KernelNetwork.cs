using System.Net;
using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.RouterDaemon.Configuration;

namespace NTMobile.RouterDaemon.Network;

/// <summary>
/// The router's rules and routes in the kernel. They are put there before the first packet is taken and stay when the service ends: the guards
/// outlive the process (protocol: Names and LAN safety).
/// </summary>
internal sealed class KernelNetwork : IDisposable
{
    public const string TunName = "ntm0";
    private const uint FirstUplinkTable = 1990;
    private const string ReservedPorts = "/proc/sys/net/ipv4/ip_local_reserved_ports";

    // What waits while an uplink is slower than the LAN: a window of the LAN's TCP, whether it comes as packets or as super-packets of 64 KiB.
    private const int TcpQueueLength = 1024;
    private const int TcpQueueBytes = 8 << 20;
    private readonly RouterConfiguration _configuration;
    private readonly RuleSet _rules = RuleSet.Probe();
    private readonly PolicyRouter _router = new();
    private IReadOnlyList<InternetRule> _internet = [];
    private IReadOnlyList<AnsweringPorts> _answering = [];
    private RuleSetOptions? _installed;

    public KernelNetwork(RouterConfiguration configuration) => _configuration = configuration;

    /// <summary>Queue that takes DNS of the LAN.</summary>
    public ushort DnsQueue => (ushort)(_configuration.FirstQueue + 21);

    /// <summary>Queue of what is not TCP.</summary>
    public ushort OtherQueue => (ushort)(_configuration.FirstQueue + 20);

    /// <summary>Queue of what peers send without the tunnel; null: the owner does not want it.</summary>
    public ushort? TranslationQueue => TranslationPorts is not null ? (ushort)(_configuration.FirstQueue + 22) : null;

    /// <summary>The queues to open, as the rules feed them, but for <see cref="TranslationQueue"/>.</summary>
    public IEnumerable<NfQueueOptions> Queues()
    {
        for (var i = 0; i < _configuration.TcpQueues; i++)
        {
            yield return new NfQueueOptions((ushort)(_configuration.FirstQueue + i))
            {
                GsoSuperPackets = true,
                QueueLength = TcpQueueLength,
                ReceiveBuffer = TcpQueueBytes,
            };
        }

        yield return new NfQueueOptions(OtherQueue);
        yield return new NfQueueOptions(DnsQueue) { FailOpen = true };
    }

    /// <summary>Puts the rules in place, or replaces them.</summary>
    /// <param name="lan">The LAN as it is now.</param>
    /// <param name="internet">What becomes of packets to ordinary hosts; null: as it was.</param>
    /// <param name="answering">From which ports packets to ordinary hosts may be answers; null: as it was.</param>
    /// <exception cref="RuleSetException">A tool refused.</exception>
    public void InstallRules(LanNetwork lan, IReadOnlyList<InternetRule>? internet = null, IReadOnlyList<AnsweringPorts>? answering = null)
    {
        if (TranslationPorts is { } translated)
        {
            Reserve(translated);
        }

        lock (_rules)
        {
            var (rules, ports) = (internet ?? _internet, answering ?? _answering);
            var options = Options(lan, rules, ports);
            _rules.Install(options);
            (_internet, _answering, _installed) = (rules, ports, options);
        }
    }

    /// <summary>Puts the rules back if somebody has taken them away.</summary>
    /// <returns>Whether they were missing.</returns>
    /// <exception cref="RuleSetException">A tool refused.</exception>
    public bool RestoreRules()
    {
        lock (_rules)
        {
            if (_installed is null || _rules.AreInstalled(_installed))
            {
                return false;
            }

            _rules.Install(_installed);
            return true;
        }
    }

    private RuleSetOptions Options(LanNetwork lan, IReadOnlyList<InternetRule> internet, IReadOnlyList<AnsweringPorts> answering) => new()
    {
        Internet = internet,
        Answering = answering,
        LanAddresses = [lan.Address],
        LanNetworks = [lan.ToNetwork()],
        LanInterfaces = [_configuration.Lan],
        Uplinks = _configuration.Uplinks,
        VirtualPrefix = Prefix,
        VirtualPrefix6 = Prefix6,
        OutsideHosts = IPNetwork.Parse($"{_configuration.Virtual.LastEighth}"),
        TunName = TunName,
        FirstTcpQueue = (ushort)_configuration.FirstQueue,
        TcpQueueCount = (ushort)_configuration.TcpQueues,
        OtherQueue = OtherQueue,
        DnsQueue = DnsQueue,
        Masquerade = _configuration.Masquerade,
        TranslationPorts = TranslationPorts,
        TranslationQueue = TranslationQueue ?? 0,
        RouterPort = (ushort)_configuration.Port,
    };

    /// <summary>The uplinks that have carrier and address, in the configured order; of one interface IPv4 comes before IPv6.</summary>
    public IReadOnlyList<UplinkNetwork> FindUplinks(NetworkSnapshot snapshot) =>
        [.. _configuration.Uplinks.SelectMany((name, i) => FindUplinks(snapshot, name, FirstUplinkTable + (uint)i)).OfType<UplinkNetwork>()];

    public LanNetwork? FindLan(NetworkSnapshot snapshot) => PolicyRouting.FindLan(snapshot, _configuration.Lan);

    /// <summary>Makes the kernel's policy routing what it should be now; does nothing where it is already.</summary>
    public void ApplyRouting(LanNetwork lan, IReadOnlyList<UplinkNetwork> uplinks) => _router.Apply(Plan(lan, uplinks));

    /// <summary>Takes rules, guards and routes out of the kernel: for an uninstall only.</summary>
    public void Remove(NetworkSnapshot snapshot)
    {
        _rules.Remove();
        if (FindLan(snapshot) is { } lan)
        {
            _router.Remove(Plan(lan, FindUplinks(snapshot)));
        }
    }

    public void Dispose() => _router.Dispose();

    private static IEnumerable<UplinkNetwork?> FindUplinks(NetworkSnapshot snapshot, string name, uint table) =>
        [PolicyRouting.FindUplink(snapshot, name, table), PolicyRouting.FindUplink6(snapshot, name, table)];

    private RoutingPlan Plan(LanNetwork lan, IReadOnlyList<UplinkNetwork> uplinks) => PolicyRouting.Plan(new PolicyRoutingOptions
    {
        Lans = [lan],
        Uplinks = [.. uplinks.Where(u => !u.IsIpv6)],
        Uplinks6 = [.. uplinks.Where(u => u.IsIpv6)],
        ChosenUplink = uplinks.FirstOrDefault(u => !u.IsIpv6)?.Name,
        TunName = TunName,
        VirtualPrefix = Prefix,
        VirtualPrefix6 = Prefix6,
        AdvertisedUplinks = [.. _configuration.Uplinks.Where(HearsAdvertisements)],
    });

    private PortBlock? TranslationPorts => _configuration is { TranslationMode: not (null or Wire.Frames.TranslationMode.Tunnel), TranslationFirstPort: var first, TranslationPorts: var count }
        ? new PortBlock((ushort)first, (ushort)(first + count - 1))
        : null;

    // So that the kernel gives none of them to a program that asks for any port.
    private static void Reserve(PortBlock ports)
    {
        var reserved = File.ReadAllText(ReservedPorts).Trim();
        if (!reserved.Split(',').Contains($"{ports}"))
        {
            File.WriteAllText(ReservedPorts, reserved.Length == 0 ? $"{ports}" : $"{reserved},{ports}");
        }
    }

    private static IPNetwork Prefix6 => IPNetwork.Parse(Wire.VirtualIpv6.Prefix);

    // Only while the machine does not forward; an owner's 0 (never) stays, and so does 2 (always).
    private static bool HearsAdvertisements(string uplink) =>
        Path.Combine("/proc/sys/net/ipv6/conf", uplink, "accept_ra") is var file && File.Exists(file) && File.ReadAllText(file).Trim() == "1";

    private IPNetwork Prefix => IPNetwork.Parse(_configuration.VirtualPrefix);
}
