using System.Net;

namespace NTMobile.Lab;

/// <summary>A router, its uplinks, and the devices of its LAN.</summary>
public sealed class Site
{
    internal Site(SitePlan plan, Host router, IReadOnlyList<Host> devices, IReadOnlyList<Uplink> uplinks)
    {
        Router = router;
        Devices = devices;
        Uplinks = uplinks;
        Lan = plan.Options.Lan;
    }

    /// <summary>The name of the site and of the router's namespace.</summary>
    public string Name => Router.Name;

    /// <summary>The router, with the interfaces wan0 (wan1, …) and lan0 (a bridge).</summary>
    public Host Router { get; }

    /// <summary>The devices, NAME-1 and so on, with the interface eth0.</summary>
    public IReadOnlyList<Host> Devices { get; }

    /// <summary>The first device.</summary>
    public Host Device => Devices[0];

    /// <summary>All uplinks.</summary>
    public IReadOnlyList<Uplink> Uplinks { get; }

    /// <summary>The first uplink, wan0.</summary>
    public Uplink Uplink => Uplinks[0];

    /// <summary>The subnet behind the router.</summary>
    public IPNetwork Lan { get; }

    /// <summary>The router's address in its LAN.</summary>
    public IPAddress LanAddress => Router.Address;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
