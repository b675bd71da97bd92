using System.Net;
using System.Text;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// The rules as text. A pure function of the options, so that a change of the rules shows in a test's golden text.
/// <code>
/// prerouting  -301  drop what pretends; TUN untracked; queue (here, or from iptables' raw table at -300)
/// prerouting  -150  connection mark of LAN-begun flows, restored on replies
/// input          0  nothing from the TUN to the router itself, nothing to the ports for translated packets
/// output      -300  what leaves from those is not tracked
/// forward       -1  who asks other name servers (nothing is dropped)
/// forward        0  TUN to the LAN only; nothing virtual leaves elsewhere
/// output         0  nothing virtual leaves elsewhere
/// postrouting  100  masquerade
/// </code>
/// </summary>
internal static class RuleText
{
    public const string Table = "ntm";
    public const string QueueChain = "NTM_QUEUE";

    // A device with the uplink's own address would share a connection with the router's own socket if both used one port.
    private const int LanZone = 4330;

    /// <summary>Input for <c>nft -f</c>: replaces our table in one transaction.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="withQueue">Whether the queue rules stand here; else iptables has them.</param>
    /// <param name="withZones">Whether connections begun by the LAN have a conntrack zone of their own.</param>
    public static string Nft(RuleSetOptions options, bool withQueue, bool withZones)
    {
        string lans = Set(options.LanInterfaces), tun = Quote(options.TunName), prefix = options.VirtualPrefix.ToString(), prefix6 = options.VirtualPrefix6.ToString();
        var hasUplinks = options.Uplinks.Count > 0;
        var text = new StringBuilder($"table inet {Table}\ndelete table inet {Table}\ntable inet {Table} {{\n");
        text.Append(hasUplinks ? DnsWatch.SetText : string.Empty);
        foreach (var (name, rules) in InternetRuleText.Chains(options, withQueue))
        {
            text.Append($"\tchain {name} {{\n{string.Concat(rules.Select(r => $"\t\t{r}\n"))}\t}}\n");
        }

        Chain(text, "guard_early", "filter hook prerouting priority -301",
            $"iifname {tun} notrack accept",
            $"ip saddr {prefix} counter drop",
            $"ip6 saddr {prefix6} counter drop",
            withQueue && options.OutsideHosts is { } outside ? $"iifname {lans} ip daddr {outside} queue num {options.OtherQueue} bypass" : null,
            withQueue ? $"iifname {lans} ip daddr {prefix} meta l4proto tcp queue num {TcpQueues(options, '-')} bypass" : null,
            withQueue ? $"iifname {lans} ip daddr {prefix} meta l4proto != tcp queue num {options.OtherQueue} bypass" : null,
            withQueue ? $"iifname {lans} ip6 daddr {prefix6} meta l4proto tcp queue num {TcpQueues(options, '-')} bypass" : null,
            withQueue ? $"iifname {lans} ip6 daddr {prefix6} meta l4proto != tcp queue num {options.OtherQueue} bypass" : null,
            $"iifname {lans} ip daddr {prefix} accept", // to the queue behind, or past it; what follows would only cost
            $"iifname {lans} ip6 daddr {prefix6} accept",
            InternetRuleText.Jump(options, lans),
            withZones ? $"iifname {lans} ct original zone set {LanZone}" : null,
            hasUplinks ? $"iifname {Set(options.Uplinks)} ip daddr {prefix} counter drop" : null,
            hasUplinks ? $"iifname {Set(options.Uplinks)} ip6 daddr {prefix6} counter drop" : null,
            withQueue && hasUplinks ? TranslationRuleText.Queue(options, Set(options.Uplinks)) : null,
            withQueue ? $"iifname {lans} ip daddr != {prefix} udp dport 53 queue num {options.DnsQueue} bypass" : null,
            withQueue ? $"iifname {lans} ip6 daddr != {prefix6} udp dport 53 queue num {options.DnsQueue} bypass" : null);
        if (InternetRuleText.Flows(options, lans, withQueue) is { Length: > 0 } flows)
        {
            Chain(text, "internet_flows", "filter hook prerouting priority -155", flows);
        }

        var mark = $"0x{options.LanMark:x8}";
        Chain(text, "lan_mark", "filter hook prerouting priority mangle",
            $"iifname {lans} ct direction original ct mark set ct mark or {mark}",
            $"ct direction reply ct mark and {mark} == {mark} meta mark set meta mark or {mark}");
        Chain(text, "guard_input", "filter hook input priority filter",
            $"iifname {tun} counter drop",
            hasUplinks ? TranslationRuleText.Guard(options, Set(options.Uplinks)) : null,
            InternetRuleText.NameGuard(options));
        if (hasUplinks && TranslationRuleText.Untracked(options, Set(options.Uplinks)) is { } untracked)
        {
            Chain(text, "translated_output", "filter hook output priority raw", untracked);
        }

        string inside = Set([.. options.LanInterfaces, options.TunName]);
        Chain(text, "guard_forward", "filter hook forward priority filter",
            $"iifname {tun} oifname {lans} accept",
            $"iifname {tun} counter drop",
            InternetRuleText.Guard(options),
            $"ip daddr {prefix} oifname != {inside} counter drop",
            $"ip6 daddr {prefix6} oifname != {inside} counter drop",
            // The router makes the kernel forward IPv6; a private LAN stays private (RFC 6092 §3.1).
            hasUplinks ? $"iifname {Set(options.Uplinks)} ip6 daddr fc00::/7 oifname {lans} ct state new counter drop" : null,
            hasUplinks && options.ClampMss ? $"oifname {Set(options.Uplinks)} tcp flags syn tcp option maxseg size set rt mtu" : null,
            hasUplinks && options.ClampMss ? $"iifname {Set(options.Uplinks)} tcp flags syn tcp option maxseg size set rt mtu" : null);
        if (hasUplinks)
        {
            Chain(text, "dns_watch", "filter hook forward priority filter - 1", DnsWatch.Rules(lans, Set(options.Uplinks)));
        }

        Chain(text, "guard_output", "filter hook output priority filter",
            $"ip daddr {prefix} oifname != {inside} counter drop",
            $"ip6 daddr {prefix6} oifname != {inside} counter drop");
        if (hasUplinks && options.Masquerade)
        {
            var flow = $"iifname {lans} oifname {Set(options.Uplinks)} meta nfproto ipv4";
            Chain(text, "lan_source", "nat hook postrouting priority srcnat",
                options.RouterPort != 0 ? $"{flow} udp sport {options.RouterPort} masquerade to :32768-60999" : null,
                TranslationRuleText.Spared(options, flow),
                $"{flow} masquerade");
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>Input for <c>nft -f</c> that takes our table away, whether it is there or not.</summary>
    public static string NftRemoval() => $"table inet {Table}\ndelete table inet {Table}\n";

    /// <summary>Input for <c>nft -c -f</c> that passes where the kernel's nftables can queue.</summary>
    public static string QueueProbe() => Probe("queue num 0 bypass");

    /// <summary>Input for <c>nft -c -f</c> that passes where the kernel has conntrack zones.</summary>
    public static string ZoneProbe() => Probe("ct original zone set 1");

    /// <summary>Input for <c>iptables-restore --noflush</c>: replaces our chain in one transaction.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="virtualPrefix">Of the IP version whose tool it is.</param>
    /// <param name="withJump">Whether the jump to our chain is still missing.</param>
    public static string Iptables(RuleSetOptions options, IPNetwork virtualPrefix, bool withJump)
    {
        var text = new StringBuilder($"*raw\n:{QueueChain} - [0:0]\n");
        foreach (var lan in options.LanInterfaces)
        {
            // Each packet meets one queue: one that is bypassed must not meet another's listener.
            var flow = $"-A {QueueChain} -i {lan}";
            var tcp = options.TcpQueueCount > 1 ? $"--queue-balance {TcpQueues(options, ':')}" : $"--queue-num {options.FirstTcpQueue}";
            text.Append(
                options.OutsideHosts is { } outside && virtualPrefix == options.VirtualPrefix
                    ? $"{flow} -d {outside} -j NFQUEUE --queue-num {options.OtherQueue} --queue-bypass\n" : string.Empty);
            text.Append($"{flow} -d {virtualPrefix} -p tcp -j NFQUEUE {tcp} --queue-bypass\n");
            text.Append($"{flow} -d {virtualPrefix} ! -p tcp -j NFQUEUE --queue-num {options.OtherQueue} --queue-bypass\n");
            text.Append(virtualPrefix == options.VirtualPrefix ? InternetRuleText.RawQueue(options, flow) : string.Empty);
            text.Append($"{flow} ! -d {virtualPrefix} -p udp --dport 53 -j NFQUEUE --queue-num {options.DnsQueue} --queue-bypass\n");
        }

        text.Append(virtualPrefix == options.VirtualPrefix ? TranslationRuleText.RawQueue(options) : string.Empty);
        return text.Append(withJump ? $"-I PREROUTING -j {QueueChain}\n" : string.Empty).Append("COMMIT\n").ToString();
    }

    /// <summary>Input for <c>iptables-restore --noflush</c> that takes our chain away.</summary>
    public static string IptablesRemoval() => $"*raw\n-D PREROUTING -j {QueueChain}\n-F {QueueChain}\n-X {QueueChain}\nCOMMIT\n";

    private static string Probe(string statement) =>
        $"table inet ntm_probe {{\n\tchain probe {{\n\t\ttype filter hook prerouting priority raw;\n\t\t{statement}\n\t}}\n}}\n";

    private static string TcpQueues(RuleSetOptions options, char separator) => options.TcpQueueCount > 1
        ? $"{options.FirstTcpQueue}{separator}{options.FirstTcpQueue + options.TcpQueueCount - 1}"
        : $"{options.FirstTcpQueue}";

    private static void Chain(StringBuilder text, string name, string hook, params ReadOnlySpan<string?> rules)
    {
        text.Append($"\tchain {name} {{\n\t\ttype {hook}; policy accept;\n");
        foreach (var rule in rules)
        {
            text.Append(rule is null ? string.Empty : $"\t\t{rule}\n");
        }

        text.Append("\t}\n");
    }

    private static string Set(IEnumerable<string> names) => $"{{ {string.Join(", ", names.Select(Quote))} }}";

    private static string Quote(string name) => $"\"{name}\"";
}
