namespace NTMobile.NetfilterBridge;

/// <summary>
/// The rules for packets that peers send without a tunnel, as text; parts of <see cref="RuleText"/>'s table, empty without such ports.
/// <code>
/// prerouting  -300  what comes to the ports is queued; what belongs to no lane goes on, since it may answer a LAN device
/// output      -300  what goes out from them is not tracked: no NAT of ours may meet it
/// input          0  what goes on to the router itself is dropped: nobody answers with RST or ICMP, also while the service is dead
/// postrouting  100  masquerading gives them to nobody
/// </code>
/// </summary>
internal static class TranslationRuleText
{
    private const string Protocols = "meta l4proto { tcp, udp }";

    /// <summary>For the first hook, where nftables queues.</summary>
    public static string? Queue(RuleSetOptions options, string uplinks) => options.TranslationPorts is { } ports
        ? $"iifname {uplinks} meta nfproto ipv4 {Protocols} th dport {ports} queue num {options.TranslationQueue} bypass"
        : null;

    /// <summary>For input.</summary>
    public static string? Guard(RuleSetOptions options, string uplinks) => options.TranslationPorts is { } ports
        ? $"iifname {uplinks} meta nfproto ipv4 {Protocols} th dport {ports} counter drop"
        : null;

    /// <summary>For output, in front of connection tracking.</summary>
    public static string? Untracked(RuleSetOptions options, string uplinks) => options.TranslationPorts is { } ports
        ? $"oifname {uplinks} meta nfproto ipv4 {Protocols} th sport {ports} notrack"
        : null;

    /// <summary>For masquerading, in front of its ordinary rule.</summary>
    public static string? Spared(RuleSetOptions options, string flow) => options.TranslationPorts is { } ports
        ? $"{flow} {Protocols} th sport {ports} masquerade to :32768-60999"
        : null;

    /// <summary>For the queue chain of iptables' raw table.</summary>
    public static string RawQueue(RuleSetOptions options) => options.TranslationPorts is not { } ports
        ? string.Empty
        : string.Concat(
            from uplink in options.Uplinks
            from protocol in (string[])["tcp", "udp"]
            select $"-A {RuleText.QueueChain} -i {uplink} -p {protocol} --dport {ports.First}:{ports.Last} -j NFQUEUE --queue-num {options.TranslationQueue} --queue-bypass\n");
}
