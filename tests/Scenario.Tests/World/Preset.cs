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

    public static readonly IReadOnlyList<Preset> All = [Cloud, Home, Symmetric, Sequential, Firewall];

    public static Preset Of(string name) => All.Single(p => p.Name == name);

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
