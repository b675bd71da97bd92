using NTMobile.Wire;

namespace NTMobile.RouterCore;

/// <summary>
/// How a device behind a peer is named inside the router. To a LAN it is shown twice, as what speaks IPv4 and as what speaks IPv6, each with a virtual
/// address of both versions: its flows of the two versions may have the same ports, and a device that has only one version sees both.
/// </summary>
internal static class RemoteName
{
    private const string Ipv6Suffix = "/6"; // no label has a slash

    /// <summary>The name of what is shown.</summary>
    public static string Of(string label, bool isIpv6) => isIpv6 ? label + Ipv6Suffix : label;

    /// <summary>Whether it is the one that speaks IPv6.</summary>
    public static bool IsIpv6(string name) => name.EndsWith(Ipv6Suffix, StringComparison.Ordinal);

    /// <summary>The device's label.</summary>
    public static string Label(string name) => IsIpv6(name) ? name[..^Ipv6Suffix.Length] : name;

    /// <summary>4 or 6, as it stands on the wire.</summary>
    public static byte Version(string name) => IsIpv6(name) ? (byte)6 : (byte)4;

    /// <summary>The virtual IPv6 address; the one that others may know belongs to what speaks IPv6.</summary>
    public static UInt128 Address(string peer, string name) => VirtualIpv6.Of(peer, IsIpv6(name) ? Label(name) : name + "/4");
}
