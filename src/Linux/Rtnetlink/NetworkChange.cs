namespace NTMobile.Linux;

/// <summary>What <see cref="RouteMonitor"/> tells.</summary>
public abstract record NetworkChange;

/// <summary>A link appeared, changed or went.</summary>
public sealed record LinkChanged(Link Link, bool IsRemoved) : NetworkChange;

/// <summary>An address appeared, changed or went.</summary>
public sealed record AddressChanged(InterfaceAddress Address, bool IsRemoved) : NetworkChange;

/// <summary>A route appeared, changed or went.</summary>
public sealed record RouteChanged(Route Route, bool IsRemoved) : NetworkChange;

/// <summary>The kernel lost messages because we read too slowly: read everything afresh with <see cref="RouteEditor.Snapshot"/>.</summary>
public sealed record ResyncNeeded : NetworkChange;

/// <summary>Links, addresses and routes at one time.</summary>
/// <param name="Links">All links.</param>
/// <param name="Addresses">All addresses.</param>
/// <param name="Routes">All routes of all tables.</param>
public sealed record NetworkSnapshot(
    IReadOnlyList<Link> Links, IReadOnlyList<InterfaceAddress> Addresses, IReadOnlyList<Route> Routes);
