using System.Net;

namespace NTMobile.Lab;

/// <summary>Describes a world: servers, places, and sites plugged into places. Names are at most 13 letters.</summary>
public sealed class WorldBuilder
{
    /// <summary>The name of the Internet core's namespace.</summary>
    internal const string CoreName = "inet";

    private readonly List<PlannedHost> _servers = [];
    private readonly List<PlacePlan> _places = [];
    private readonly List<SitePlan> _sites = [];

    internal WorldBuilder()
    {
        Core = Network.Add(CoreName).Forwarding();
    }

    /// <summary>
    /// The name server that routers and servers ask (devices ask their router), e.g. the address that <see cref="Server"/>
    /// returned. Without one, look-ups are refused at once.
    /// </summary>
    public IPAddress? Resolver { get; set; }

    internal NetworkPlan Network { get; } = new();

    internal WorldAddresses Addresses { get; } = new();

    internal PlannedHost Core { get; }

    internal IReadOnlyList<PlannedHost> Servers => _servers;

    internal IReadOnlyList<PlacePlan> Places => _places;

    internal IReadOnlyList<SitePlan> Sites => _sites;

    /// <summary>A host with public addresses of both IP versions (1 to 5 of each), straight at the core. Returns the first of IPv4.</summary>
    public IPAddress Server(string name, int addresses = 1)
    {
        (IPNetwork subnet, IPNetwork subnet6) = (Addresses.Servers.Next(), Addresses.Servers6.Next());
        PlannedHost server = Network.Add(name);
        Network.Cable(Core, name, server, "eth0");
        for (int n = 0; n < addresses; n++)
        {
            server.Ip.Add($"addr add {subnet.OnLink(2 + n)} dev eth0");
            server.Ip.Add($"addr add {subnet6.OnLink(2 + n)} dev eth0");
            server.Addresses.Add(subnet.Nth(2 + n));
            server.Addresses6.Add(subnet6.Nth(2 + n));
        }

        server.Ip.AddRange([$"route add default via {subnet.Nth(1)}", $"route add default via {subnet6.Nth(1)}"]);
        Core.Ip.AddRange([$"addr add {subnet.OnLink(1)} dev {name}", $"addr add {subnet6.OnLink(1)} dev {name}"]);
        _servers.Add(server);
        return server.Addresses[0];
    }

    /// <summary>
    /// A place that routers can be plugged into, now or later. Returns its name: the preset's with a number when null. Where the
    /// preset stands behind another NAT, that one is a place of its own (isp1, isp2, …).
    /// </summary>
    public string Place(Preset preset, string? name = null, PlaceOptions? options = null)
    {
        name ??= preset.PlaceName(_places.Count(p => p.Preset.Name == preset.Name) + 1);
        options ??= PlaceOptions.Default;
        Preset? behind = preset.OffersIPv6 ? preset.Behind?.WithIPv6() : preset.Behind;
        PlacePlan? provider = behind is null ? null : FindPlace(Place(behind, options: options with { Inside = null }));
        _places.Add(new PlacePlan(this, name, preset, options, provider));
        return name;
    }

    /// <summary>
    /// A router with its LAN, plugged into a new place of the preset, or into the one that there is of a shared preset. Returns
    /// that place's name.
    /// </summary>
    public string Site(string name, Preset preset, SiteOptions? options = null)
    {
        string place = preset.IsShared && _places.Find(p => p.Preset.Name == preset.Name) is { } shared ? shared.Name : Place(preset);
        Site(name, [place], options);
        return place;
    }

    /// <summary>A router with its LAN and one uplink (wan0, wan1, …) for each of the named places.</summary>
    public void Site(string name, IEnumerable<string> places, SiteOptions? options = null) =>
        _sites.Add(new SitePlan(Network, name, [.. places.Select(FindPlace)], options ?? SiteOptions.Default));

    /// <summary>Gives every host its name server; called once before the world is built.</summary>
    internal void SpreadResolver()
    {
        foreach (PlannedHost host in _servers.Concat(_places.Select(p => p.Host)).Concat(_sites.Select(s => s.Router)))
        {
            host.Resolver = Resolver ?? IPAddress.Loopback;
        }
    }

    private PlacePlan FindPlace(string name) =>
        _places.Find(p => p.Name == name) ?? throw new LabException($"no place {name} has been laid");
}
