using NTMobile.Linux;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// Makes the kernel's rules, routes and settings what a plan says, and keeps them so: call <see cref="Apply"/> again after every change
/// that <see cref="RouteMonitor"/> tells. What is right is not touched. Everything stays when the process ends. One thread owns it.
/// </summary>
public sealed class PolicyRouter : IDisposable
{
    private const byte KernelProtocol = 2;

    private readonly RouteEditor _editor = new();

    /// <summary>Applies a plan. At no moment is the machine without its <c>local</c> table or without the guards.</summary>
    /// <returns>How many changes were made; zero when everything was right.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    /// <exception cref="IOException">A kernel setting was refused.</exception>
    public int Apply(RoutingPlan plan)
    {
        var links = _editor.Links().ToDictionary(l => l.Name);
        // A link that is down takes no routes; it is planned for again when it comes up.
        var wanted = plan.Routes
            .Where(r => r.Link is null || (links.TryGetValue(r.Link, out var link) && link.IsUp))
            .Select(r => r.Route with { LinkIndex = r.Link is null ? 0 : links[r.Link].Index })
            .ToHashSet();
        var changes = plan.Settings.Count(s => (s.Link is null || links.ContainsKey(s.Link)) && Sysctl.Set(s.Name, s.Value));
        changes += SetRoutes(wanted, plan.OwnTables);
        changes += SetRules(plan.Rules);
        return changes + DeleteRoutes(wanted, plan.OwnTables);
    }

    /// <summary>Takes rules and routes away, for an uninstall, and puts the <c>local</c> table back to the first place.</summary>
    /// <param name="plan">Any plan with the same tables.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Remove(RoutingPlan plan)
    {
        _editor.AddRule(First(KernelProtocol));
        foreach (var rule in OwnRules())
        {
            _editor.DeleteRule(rule);
        }

        DeleteRoutes([], plan.OwnTables);
    }

    /// <inheritdoc/>
    public void Dispose() => _editor.Dispose();

    private IEnumerable<Rule> OwnRules() =>
        _editor.Rules().Where(r => r.Protocol == RouteEditor.Protocol);

    // The kernel shows a refusal of IPv6 as one by way of the loopback interface.
    private HashSet<Route> OwnRoutes(IReadOnlySet<uint> tables) =>
        [.. _editor.Routes().Where(r => tables.Contains(r.Table)).Select(r => r.Type == RouteType.Unreachable ? r with { LinkIndex = 0 } : r)];

    private int SetRoutes(HashSet<Route> wanted, IReadOnlySet<uint> tables)
    {
        // Addresses' own entries come first: the kernel refuses a preferred source that is not local.
        var missing = wanted.Except(OwnRoutes(tables)).ToList();
        missing.ForEach(_editor.SetRoute);
        return missing.Count;
    }

    private int DeleteRoutes(HashSet<Route> wanted, IReadOnlySet<uint> tables) =>
        OwnRoutes(tables).Except(wanted).Count(_editor.DeleteRoute);

    private int SetRules(IReadOnlyList<Rule> wanted)
    {
        var present = OwnRules().ToHashSet();
        var changes = wanted.Where(r => !present.Contains(r)).Count(_editor.AddRule);
        // Whoever made it, a rule for table local at the first place lets nothing come before it; ours has replaced it by now.
        changes += _editor.Rules().Where(r => r == First(r.Protocol)).Count(_editor.DeleteRule);
        return changes + present.Except(wanted).Count(_editor.DeleteRule);
    }

    private static Rule First(byte protocol) => new(0, Route.LocalTable) { Protocol = protocol };
}
