namespace NTMobile.NetfilterBridge;

/// <summary>
/// The router's rules in the kernel's packet filter: which packets are queued, and the guards that keep virtual addresses inside. They
/// stay when the process ends, and without a listener queued packets go on to the guards; only <see cref="Remove"/> takes them away.
/// Uses <c>nft</c>, and for the queue rules <c>iptables</c> where the kernel's nftables cannot queue.
/// </summary>
public sealed class RuleSet
{
    private readonly string? _iptables;

    private RuleSet(string? iptables)
    {
        _iptables = iptables;
        HasZones = Tool.TryRun("nft", ["-c", "-f", "-"], RuleText.ZoneProbe()) is null;
    }

    /// <summary>Whether the queue rules stand in nftables; else iptables has them.</summary>
    public bool QueuesInNftables => _iptables is null;

    /// <summary>
    /// Whether connections that LAN devices begin are kept apart from the router's own. Without it a device that has an uplink's own
    /// address can disturb the router's socket on that uplink.
    /// </summary>
    public bool HasZones { get; }

    /// <summary>Looks what the kernel and the machine offer.</summary>
    /// <exception cref="RuleSetException">There is no <c>nft</c>, or neither it nor <c>iptables</c> can queue.</exception>
    public static RuleSet Probe()
    {
        if (Tool.TryRun("nft", ["-c", "-f", "-"], RuleText.QueueProbe()) is null)
        {
            return new RuleSet(null);
        }

        foreach (var name in (string[])["iptables-nft", "iptables"])
        {
            if (CanUse(name))
            {
                return new RuleSet(name);
            }
        }

        throw new RuleSetException("The kernel's nftables cannot queue packets, and iptables cannot be used.");
    }

    /// <summary>Puts the rules in place, or replaces those of an earlier call, each part in one transaction.</summary>
    /// <exception cref="RuleSetException">A tool refused, with its own words. The guards are put in place first.</exception>
    public void Install(RuleSetOptions options)
    {
        CheckNames(options);
        Tool.Run("nft", ["-f", "-"], RuleText.Nft(options, QueuesInNftables, HasZones));
        foreach (var (tool, prefix) in Tools().Zip([options.VirtualPrefix, options.VirtualPrefix6]))
        {
            Tool.Run($"{tool}-restore", ["--noflush"], RuleText.Iptables(options, prefix, withJump: !HasJump(tool)));
        }

        if (_iptables is not null)
        {
            InstallFlows(_iptables, options);
        }
    }

    /// <summary>Whether the rules are there, or somebody has emptied the packet filter since they were installed.</summary>
    /// <param name="options">What they were installed with.</param>
    public bool AreInstalled(RuleSetOptions options) =>
        Tool.TryRun("nft", ["list", "table", "inet", RuleText.Table]) is null
        && Tools().All(HasJump)
        && (_iptables is null || !InternetRuleText.HasFlows(options) || HasFlowJump(_iptables));

    /// <summary>Takes all rules away, for an uninstall. Nothing happens when there are none.</summary>
    /// <exception cref="RuleSetException">A tool refused.</exception>
    public void Remove()
    {
        foreach (var tool in Tools().Where(HasJump))
        {
            Tool.Run($"{tool}-restore", ["--noflush"], RuleText.IptablesRemoval());
        }

        if (_iptables is not null)
        {
            RemoveFlows(_iptables);
        }

        Tool.Run("nft", ["-f", "-"], RuleText.NftRemoval());
    }

    // None where nftables queues. Without the tool for IPv6 its packets meet the guards.
    private IEnumerable<string> Tools() =>
        _iptables is null ? [] : new[] { _iptables, $"ip6{_iptables[2..]}" }.Where(tool => tool == _iptables || CanUse(tool));

    private static bool CanUse(string tool) => Tool.TryRun(tool, ["-t", "raw", "-n", "-L", "PREROUTING"]) is null;

    private static void InstallFlows(string iptables, RuleSetOptions options)
    {
        if (InternetRuleText.HasFlows(options))
        {
            Tool.Run($"{iptables}-restore", ["--noflush"], InternetRuleText.Mangle(options, withJump: !HasFlowJump(iptables)));
        }
        else
        {
            RemoveFlows(iptables);
        }
    }

    private static void RemoveFlows(string iptables)
    {
        if (HasFlowJump(iptables))
        {
            Tool.Run($"{iptables}-restore", ["--noflush"], InternetRuleText.MangleRemoval());
        }
    }

    private static bool HasFlowJump(string iptables) =>
        Tool.TryRun(iptables, ["-t", "mangle", "-C", "PREROUTING", "-j", InternetRuleText.FlowChain]) is null;

    private static bool HasJump(string iptables) =>
        Tool.TryRun(iptables, ["-t", "raw", "-C", "PREROUTING", "-j", RuleText.QueueChain]) is null;

    // Names come from a configuration file and end up in a tool's input.
    private static void CheckNames(RuleSetOptions options)
    {
        foreach (var name in (string[])[.. options.LanInterfaces, .. options.Uplinks, options.TunName])
        {
            if (name.Length is 0 or > 15 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '@')))
            {
                throw new RuleSetException($"'{name}' is no interface name.");
            }
        }

        if (options.LanInterfaces.Count == 0)
        {
            throw new RuleSetException("There is no LAN interface.");
        }
    }
}
