using System.Net;

namespace NTMobile.Lab;

/// <summary>What can differ between two sites.</summary>
public sealed record SiteOptions
{
    /// <summary>The subnet behind the router: router .1, devices .100 and up.</summary>
    public IPNetwork Lan { get; init; } = IPNetwork.Parse("192.168.8.0/24");

    /// <summary>The same in IPv6: router ::1, devices ::64 and up; null: the LAN has IPv4 alone.</summary>
    public IPNetwork? Lan6 { get; init; }

    /// <summary>Whether devices have an IPv4 address; without one they ask their router by IPv6.</summary>
    public bool DevicesHaveIpv4 { get; init; } = true;

    /// <summary>How many devices stand in the LAN.</summary>
    public int Devices { get; init; } = 1;

    /// <summary>
    /// Whether the router's kernel forwards and masquerades by itself, as a plain router would; false where ntm-router does.
    /// </summary>
    public bool OrdinaryNat { get; init; }

    /// <summary>The defaults.</summary>
    public static SiteOptions Default { get; } = new();
}
