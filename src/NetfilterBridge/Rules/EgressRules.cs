using System.Text;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// The rules of a server through which devices reach ordinary hosts: address translation, and guards on both sides of it.
/// <code>
/// prerouting  -301  nobody else has an address of the pool
/// prerouting  -100  published ports: to the device
/// input          0  from the TUN: name service alone
/// forward        0  from the TUN: to the Internet alone; to the TUN: answers, and what is for published ports
/// postrouting  100  translation
/// </code>
/// Of IPv6 nothing is translated or tracked; the server's process looks at ports:
/// <code>
/// prerouting  -301  nobody else has an address of the prefix; nothing is tracked
/// input          0  nothing from the TUN
/// forward        0  between the TUN and the Internet's addresses alone
/// </code>
/// They go with <see cref="Remove"/>; a server that is killed leaves them behind, and without its TUN device they have no effect.
/// </summary>
public static class EgressRules
{
    private const string Table = "ntm_rs";
    private const string Internet6 = "2000::/3";

    /// <summary>Puts the rules in place, or replaces those of an earlier call, in one transaction.</summary>
    /// <exception cref="RuleSetException"><c>nft</c> is missing or refused.</exception>
    public static void Install(EgressRulesOptions options) => Tool.Run("nft", ["-f", "-"], Text(options));

    /// <summary>What ordinary hosts may begin, in place of what they might before; connections to other ports end. One transaction.</summary>
    /// <param name="ranges">Without overlaps.</param>
    /// <exception cref="RuleSetException"><c>nft</c> is missing or refused.</exception>
    public static void Publish(IReadOnlyList<PublishedRange> ranges) => Tool.Run("nft", ["-f", "-"], PublishText(ranges));

    /// <summary>Takes the rules away. Nothing happens when there are none.</summary>
    /// <exception cref="RuleSetException"><c>nft</c> refused.</exception>
    public static void Remove()
    {
        Tool.Run("nft", ["-f", "-"], Removal);
        Tool.TryRun("nft", ["-f", "-"], Removal6); // a kernel without IPv6 has none
    }

    internal static string Removal => $"table ip {Table}\ndelete table ip {Table}\n";

    private static string Removal6 => $"table ip6 {Table}\ndelete table ip6 {Table}\n";

    internal static string Text(EgressRulesOptions options)
    {
        var (tun, pool) = ($"\"{options.TunName}\"", options.Pool.ToString());
        var text = new StringBuilder($"table ip {Table}\ndelete table ip {Table}\ntable ip {Table} {{\n");
        text.Append("\tset connections {\n\t\ttype ipv4_addr; flags dynamic\n\t}\n");
        if (options.Publishes)
        {
            text.Append("\tset published_connections {\n\t\ttype ipv4_addr; flags dynamic\n\t}\n");
            text.Append("\tmap published {\n\t\ttype ipv4_addr . inet_proto . inet_service : ipv4_addr; flags interval\n\t}\n");
            text.Append("\tset published_at {\n\t\ttype ipv4_addr . inet_proto . inet_service; flags interval\n\t}\n");
            Chain(text, "publish", "nat hook prerouting priority dstnat",
                $"iifname != {tun} meta l4proto {{ tcp, udp }} dnat to ip daddr . meta l4proto . th dport map @published");
        }

        Chain(text, "guard_early", "filter hook prerouting priority -301",
            $"iifname != {tun} ip saddr {pool} counter drop",
            $"iifname {tun} ip saddr != {pool} counter drop");
        Chain(text, "guard_input", "filter hook input priority filter",
            options.Resolver is { } resolver ? $"iifname {tun} ip daddr {resolver} meta l4proto {{ tcp, udp }} th dport 53 accept" : null,
            $"iifname {tun} counter drop");
        Chain(text, "guard_forward", "filter hook forward priority filter",
        [
            options.Resolver is { } asked ? $"iifname {tun} ip daddr {asked} meta l4proto {{ tcp, udp }} th dport 53 accept" : null,
            $"iifname {tun} ip daddr {{ {string.Join(", ", options.Denied.Append(options.Pool).Select(n => n.ToString()))} }} counter drop",
            $"iifname {tun} ct state new add @connections {{ ip saddr ct count over {options.MaxConnections} }} counter drop",
            .. options.Publishes ? Published(tun, options.MaxConnections) : [],
            $"oifname {tun} ct state != {{ established, related }} counter drop",
            options.ForwardsNothingElse ? $"iifname != {tun} oifname != {tun} counter drop" : null,
        ]);
        Chain(text, "source", "nat hook postrouting priority srcnat",
            $"ip saddr {pool} oifname != {tun} {(options.PublicAddress is { } address ? $"snat to {address}" : "masquerade")}");
        return text.Append("}\n").Append(options.Prefix6 is { } prefix ? Text6(options, tun, prefix.ToString()) : string.Empty).ToString();
    }

    private static string Text6(EgressRulesOptions options, string tun, string prefix)
    {
        var text = new StringBuilder($"{Removal6}table ip6 {Table} {{\n");
        Chain(text, "guard_early", "filter hook prerouting priority -301",
            $"iifname != {tun} ip6 saddr {prefix} counter drop",
            $"iifname {tun} ip6 saddr != {prefix} counter drop",
            $"iifname {tun} notrack",
            $"ip6 daddr {prefix} notrack");
        Chain(text, "guard_input", "filter hook input priority filter", $"iifname {tun} counter drop");
        Chain(text, "guard_forward", "filter hook forward priority filter",
            $"iifname {tun} ip6 daddr {prefix} counter drop",
            $"iifname {tun} ip6 daddr != {Internet6} counter drop",
            $"oifname {tun} ip6 saddr != {Internet6} counter drop",
            $"oifname {tun} ip6 daddr != {prefix} counter drop",
            options.ForwardsNothingElse6 ? $"iifname != {tun} oifname != {tun} counter drop" : null);
        return text.Append("}\n").ToString();
    }

    // Errors about such connections are related to them, and are not TCP or UDP.
    private static string[] Published(string tun, int maxConnections) =>
    [
        $"oifname {tun} ct status dnat ct direction original meta l4proto {{ tcp, udp }} ip daddr . meta l4proto . th dport != @published_at counter drop",
        $"oifname {tun} ct status dnat ct state new add @published_connections {{ ip daddr ct count over {maxConnections} }} counter drop",
        $"oifname {tun} ct status dnat accept",
    ];

    internal static string PublishText(IReadOnlyList<PublishedRange> ranges)
    {
        var text = new StringBuilder($"flush map ip {Table} published\nflush set ip {Table} published_at\n");
        if (ranges.Count > 0)
        {
            text.Append($"add element ip {Table} published {{ {string.Join(", ", ranges.Select(r => $"{r.Address} . {Ports(r)} : {r.Device}"))} }}\n");
            text.Append($"add element ip {Table} published_at {{ {string.Join(", ", ranges.Select(r => $"{r.Device} . {Ports(r)}").Distinct())} }}\n");
        }

        return text.ToString();
    }

    private static string Ports(PublishedRange range) =>
        $"{(range.Protocol == 6 ? "tcp" : "udp")} . {(range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}")}";

    private static void Chain(StringBuilder text, string name, string hook, params ReadOnlySpan<string?> rules)
    {
        text.Append($"\tchain {name} {{\n\t\ttype {hook}; policy accept;\n");
        foreach (var rule in rules)
        {
            text.Append(rule is null ? string.Empty : $"\t\t{rule}\n");
        }

        text.Append("\t}\n");
    }
}
