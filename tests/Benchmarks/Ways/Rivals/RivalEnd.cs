using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>One end of a rival's tunnel.</summary>
/// <param name="Router">Where its daemon runs.</param>
/// <param name="Device">The device behind it.</param>
/// <param name="Public">The router's address on its uplink.</param>
/// <param name="Port">UDP port of the tunnel; both ends have the same.</param>
/// <param name="Tun">The interface's name; different at both ends, since control sockets lie in one folder.</param>
/// <param name="Overlay">The router's address in the tunnel, for rivals that need one; the prefix length is 24.</param>
/// <param name="Address">The address of the device that flows by this rival have.</param>
/// <param name="Subnet">What is routed to this end.</param>
internal sealed record RivalEnd(Host Router, Host Device, string Public, int Port, string Tun, string Overlay, string Address, string Subnet)
{
    private const int FirstPort = 6000;

    /// <summary>The end of the rival with a number, 1 and up, on alice's or bob's side.</summary>
    public static RivalEnd Of(Site site, int number, int side) => new(
        site.Router,
        site.Device,
        site.Uplink.Address!.ToString(),
        FirstPort + number,
        $"rival{number}{site.Name[0]}",
        $"10.{number}.0.{side}",
        $"10.{number}.{side}.2",
        $"10.{number}.{side}.0/24");
}
