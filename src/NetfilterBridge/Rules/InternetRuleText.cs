using NTMobile.Packets;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// The rules for packets to ordinary hosts as text; parts of <see cref="RuleText"/>'s table, empty without such rules.
/// <code>
/// prerouting  -301  internet: the first rule that fits marks; queued in iptables' raw table (-300) or here
/// prerouting  -155  internet_flows: of those left to the router, and those from published ports, what the kernel forwards already is not queued;
///                   queued behind it (-150)
/// input          0  no name query that must not leave may be asked on by a name server on this machine
/// forward        0  nothing that must be queued goes on without
/// </code>
/// </summary>
internal static class InternetRuleText
{
    public const string FlowChain = "NTM_INTERNET";
    private static readonly string[] NotOrdinaryNetworks = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];
    private static readonly string NotOrdinary = $"{{ {string.Join(", ", NotOrdinaryNetworks)} }}";
    private const string NotOrdinary6 = "{ ::/127, fc00::/7, fe80::/10, ff00::/8 }"; // what NAT64 carries to ordinary hosts is none of it
    private const string NameQuery = "meta l4proto { tcp, udp } th dport 53";

    private static string Must => $"0x{RuleSetOptions.MustQueueMark:x8}";

    private static string May => $"0x{RuleSetOptions.MayQueueMark:x8}";

    private static string Answer => $"0x{RuleSetOptions.MayAnswerMark:x8}";

    /// <summary>Whether anything is queued behind connection tracking.</summary>
    public static bool HasFlows(RuleSetOptions options) => HasNew(options) || options.Answering.Count > 0;

    private static bool HasNew(RuleSetOptions options) => options.Internet.Any(r => r.Fate == InternetFate.QueueNew);

    /// <summary>Chains that are no hooks, as pairs of name and rules.</summary>
    public static IEnumerable<(string Name, string[] Rules)> Chains(RuleSetOptions options, bool withQueue)
    {
        if (options.Internet.Count == 0)
        {
            yield break;
        }

        yield return ("internet_must",
        [
            $"meta mark set meta mark or {Must}",
            "notrack",
            .. withQueue
                ? new[]
                {
                    $"meta nfproto ipv4 queue num {options.OtherQueue} bypass",
                    $"meta nfproto ipv6 udp dport 53 queue num {options.DnsQueue} bypass", // the zone's names; others meet the guards
                }
                : [],
            "accept",
        ]);
        yield return ("internet_may", [$"meta mark set meta mark or {May}", "return"]);
        yield return ("internet_names", [.. options.Internet.Where(r => r.Destination is null).Select(Line), "return"]);
        yield return ("internet",
        [
            .. options.LanAddresses.Select(a => $"ip daddr {a} {NameQuery} goto internet_names"),
            $"ip6 daddr {NotOrdinary6} {NameQuery} goto internet_names",
            .. options.LanNetworks.Select(n => $"ip daddr {n} return"),
            $"ip daddr {NotOrdinary} return",
            $"ip6 daddr {NotOrdinary6} return",
            .. options.Internet.Select(Line),
        ]);
    }

    /// <summary>The jump out of the first hook.</summary>
    public static string? Jump(RuleSetOptions options, string lans) => options.Internet.Count == 0 ? null : $"iifname {lans} jump internet";

    /// <summary>Rules of the hook behind connection tracking; none: it is not needed.</summary>
    public static string[] Flows(RuleSetOptions options, string lans, bool withQueue) =>
    [
        .. HasNew(options) ? new[] { $"meta mark and {May} == {May} ct state {{ established, related }} meta mark set meta mark and 0x{~RuleSetOptions.MayQueueMark:x8}" } : [],
        .. options.Answering.Select(ports =>
            $"iifname {lans} ether saddr {ports.Device} ip daddr != {Inside(options)} {(ports.Protocol == IpProtocol.Tcp ? "tcp" : "udp")} sport {ports.First}-{ports.Last} "
            + $"ct state != {{ established, related }} meta mark set meta mark or {Answer}"),
        .. withQueue && HasNew(options) ? new[] { $"meta mark and {May} == {May} queue num {options.OtherQueue} bypass" } : [],
        .. withQueue && options.Answering.Count > 0 ? new[] { $"meta mark and {Answer} == {Answer} queue num {options.OtherQueue} bypass" } : [],
    ];

    /// <summary>What was to be queued and was not.</summary>
    public static string? Guard(RuleSetOptions options) => options.Internet.Count == 0 ? null : $"meta mark and {Must} == {Must} counter drop";

    /// <summary>The same for name queries to this machine.</summary>
    public static string? NameGuard(RuleSetOptions options) => options.Internet.Count == 0 ? null : $"meta mark and {Must} == {Must} {NameQuery} counter drop";

    /// <summary>iptables' queue rule in the raw table for one LAN.</summary>
    public static string RawQueue(RuleSetOptions options, string flow) =>
        options.Internet.Count == 0 ? string.Empty : $"{flow} -m mark --mark {Must}/{Must} -j NFQUEUE --queue-num {options.OtherQueue} --queue-bypass\n";

    /// <summary>Input for <c>iptables-restore --noflush</c>: the queue behind connection tracking.</summary>
    public static string Mangle(RuleSetOptions options, bool withJump)
    {
        string[] marks = [.. HasNew(options) ? new[] { May } : [], .. options.Answering.Count > 0 ? new[] { Answer } : []];
        var rules = options.LanInterfaces.SelectMany(lan => marks.Select(mark =>
            $"-A {FlowChain} -i {lan} -m mark --mark {mark}/{mark} -j NFQUEUE --queue-num {options.OtherQueue} --queue-bypass\n"));
        return $"*mangle\n:{FlowChain} - [0:0]\n{string.Concat(rules)}{(withJump ? $"-I PREROUTING -j {FlowChain}\n" : string.Empty)}COMMIT\n";
    }

    /// <summary>Takes that away.</summary>
    public static string MangleRemoval() => $"*mangle\n-D PREROUTING -j {FlowChain}\n-F {FlowChain}\n-X {FlowChain}\nCOMMIT\n";

    private static string Inside(RuleSetOptions options) =>
        $"{{ {string.Join(", ", options.LanNetworks.Append(options.VirtualPrefix).Select(n => n.ToString()).Concat(NotOrdinaryNetworks))} }}";

    private static string Line(InternetRule rule)
    {
        var device = rule.Device is { } mac ? $"ether saddr {mac} " : string.Empty;
        return $"{device}{Destination(rule)}{Verdict(rule.Fate)}";
    }

    // The router passes on IPv4 alone: IPv6 of a flow that is left to it goes its ordinary way.
    private static string Destination(InternetRule rule) => rule.Destination is { } network
        ? $"ip daddr {network} "
        : rule.Fate == InternetFate.QueueNew ? "meta nfproto ipv4 " : string.Empty;

    private static string Verdict(InternetFate fate) => fate switch
    {
        InternetFate.Queue => "goto internet_must",
        InternetFate.QueueNew => "goto internet_may",
        _ => "return",
    };
}
