namespace NTMobile.Scenario.Tests.World;

/// <summary>What stands between a place and the Internet (RFC 4787).</summary>
/// <param name="Name">In a word.</param>
/// <param name="Translates">Whether addresses are private inside.</param>
/// <param name="MapsPerRemote">Endpoint-dependent mapping: another port for each remote endpoint.</param>
/// <param name="Filter">What may come in.</param>
/// <param name="CountsPorts">Each new mapping gets the port after the last one.</param>
internal sealed record Preset(string Name, bool Translates, bool MapsPerRemote, Filter Filter, bool CountsPorts = false)
{
    /// <summary>A public address and nothing in front.</summary>
    public static readonly Preset Cloud = new("cloud", false, false, Filter.Nothing);

    /// <summary>Endpoint-independent mapping, port-restricted filtering.</summary>
    public static readonly Preset Home = new("home", true, false, Filter.AddressAndPort);

    /// <summary>Endpoint-dependent mapping with random ports.</summary>
    public static readonly Preset Symmetric = new("symmetric", true, true, Filter.AddressAndPort);

    /// <summary>Endpoint-dependent mapping with ports that follow one another.</summary>
    public static readonly Preset Sequential = new("symseq", true, true, Filter.AddressAndPort, CountsPorts: true);

    /// <summary>A public address behind a stateful filter: inside starts only.</summary>
    public static readonly Preset Firewall = new("firewall", false, false, Filter.AddressAndPort);

    /// <summary>As at home, and IPv6 behind a stateful filter.</summary>
    public static readonly Preset Dual = Home with { Name = "dual", HasIpv6 = true };

    /// <summary>As behind a NAT with random ports, and IPv6 behind a stateful filter.</summary>
    public static readonly Preset DualSymmetric = Dual with { Name = "dualsymmetric", MapsPerRemote = true };

    /// <summary>IPv6 alone behind a stateful filter, and a NAT64 that maps and filters as a NAT at home.</summary>
    public static readonly Preset V6Only = Dual with { Name = "v6only", HasIpv4 = false, HasNat64 = true };

    /// <summary>The same with a NAT64 that gives random ports.</summary>
    public static readonly Preset V6Symmetric = V6Only with { Name = "v6symmetric", MapsPerRemote = true };

    /// <summary>IPv6 alone, and no NAT64.</summary>
    public static readonly Preset V6Alone = V6Only with { Name = "v6alone", HasNat64 = false };

    /// <summary>Those of IPv4 alone.</summary>
    public static readonly IReadOnlyList<Preset> All = [Cloud, Home, Symmetric, Sequential, Firewall];

    /// <summary>Those with IPv6.</summary>
    public static readonly IReadOnlyList<Preset> WithIpv6 = [Dual, DualSymmetric, V6Only, V6Symmetric, V6Alone];

    /// <summary>Whether parties have IPv4 addresses.</summary>
    public bool HasIpv4 { get; init; } = true;

    /// <summary>Whether they have global IPv6 addresses.</summary>
    public bool HasIpv6 { get; init; }

    /// <summary>Whether the NAT takes IPv6 parties to IPv4 hosts.</summary>
    public bool HasNat64 { get; init; }

    public static Preset Of(string name) => All.Concat(WithIpv6).Single(p => p.Name == name);

    public override string ToString() => Name;
}

/// <summary>Which datagrams from outside come in.</summary>
internal enum Filter
{
    /// <summary>All.</summary>
    Nothing,

    /// <summary>Only from endpoints to which something went out lately.</summary>
    AddressAndPort,
}
