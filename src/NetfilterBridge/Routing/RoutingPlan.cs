using NTMobile.Linux;

namespace NTMobile.NetfilterBridge;

/// <summary>A route by its interface's name; <see cref="Linux.Route.LinkIndex"/> is filled in when it is applied.</summary>
/// <param name="Route">The route.</param>
/// <param name="Link">Interface, or null for a route without one.</param>
public sealed record PlannedRoute(Route Route, string? Link);

/// <summary>A kernel setting of one interface, or of all.</summary>
/// <param name="Link">Interface, or null for a setting that is none of an interface's.</param>
/// <param name="Name">Path below <c>/proc/sys</c>.</param>
/// <param name="Value">Value.</param>
public sealed record PlannedSetting(string? Link, string Name, string Value);

/// <summary>What the kernel's routing is to be.</summary>
/// <param name="Rules">Rules, by ascending priority; the one for table <c>local</c> is among them.</param>
/// <param name="Routes">Routes in tables of our own.</param>
/// <param name="Settings">Kernel settings.</param>
/// <param name="OwnTables">Tables that hold nothing but <paramref name="Routes"/>.</param>
public sealed record RoutingPlan(
    IReadOnlyList<Rule> Rules, IReadOnlyList<PlannedRoute> Routes, IReadOnlyList<PlannedSetting> Settings, IReadOnlySet<uint> OwnTables);
