using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using NTMobile.Linux;
using NTMobile.Packets;

namespace NTMobile.RouterDaemon.Network;

/// <summary>The LAN's neighbours: the kernel's table, or one in memory.</summary>
internal interface INeighbours
{
    /// <summary>Neighbours with a hardware address, those of IPv4 first; link-local addresses left out. A device that changed its address may stand here with the old one too.</summary>
    IReadOnlyList<Neighbour> Find();

    /// <summary>Asks whether a neighbour is still there; <see cref="Find"/> knows some seconds later.</summary>
    void Ask(Neighbour neighbour);
}

/// <summary>Devices on the LAN, from the kernel's neighbour table: who has which address now. One thread at a time may use it.</summary>
internal sealed class DeviceFinder(string lan) : INeighbours, IDisposable
{
    // NUD_INCOMPLETE, NUD_FAILED, NUD_NOARP: no device stands behind these (rtnetlink(7)).
    private const ushort Useless = 0x01 | 0x20 | 0x40;
    private const ushort Confirmed = 0x02 | 0x80; // NUD_REACHABLE, NUD_PERMANENT
    private readonly RouteEditor _editor = new();

    public IReadOnlyList<Neighbour> Find()
    {
        var index = _editor.Links().FirstOrDefault(l => l.Name == lan)?.Index;
        return [.. _editor.Neighbours()
            .Where(n => n.LinkIndex == index && (n.State & Useless) == 0 && n.HardwareAddress != 0 && IsOfDevices(n.Address))
            .OrderBy(IsIpv6)];
    }

    public void Ask(Neighbour neighbour) => _editor.ProbeNeighbour(neighbour);

    public void Dispose() => _editor.Dispose();

    /// <summary>Whether it answered within the last half minute or so; if not, it may long be gone.</summary>
    public static bool IsConfirmed(Neighbour neighbour) => (neighbour.State & Confirmed) != 0;

    public static bool IsIpv6(Neighbour neighbour) => neighbour.Address.AddressFamily == AddressFamily.InterNetworkV6;

    public static string Mac(Neighbour neighbour) => new MacAddress(neighbour.HardwareAddress).ToString();

    /// <summary>A MAC address as people write it, in the form of <see cref="Mac(Neighbour)"/>; null: it is none of a device.</summary>
    public static string? Mac(string text)
    {
        const int size = 6, group = 1;
        return PhysicalAddress.TryParse(text.Trim(), out var parsed) && parsed.GetAddressBytes() is { Length: size } bytes && (bytes[0] & group) == 0
            ? MacAddress.Read(bytes).ToString() : null;
    }

    /// <summary>The same of a text that <see cref="Mac(string)"/> has given.</summary>
    public static MacAddress ToMacAddress(string mac) => MacAddress.Read(PhysicalAddress.Parse(mac).GetAddressBytes());

    public static uint Ipv4(IPAddress address) => Endpoint.From(address, 0).Ipv4Address;

    /// <summary>Of IPv6 neither link-local nor multicast nor virtual.</summary>
    public static bool IsOfDevices(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        || (!address.IsIPv6LinkLocal && !address.IsIPv6Multicast && !Wire.VirtualIpv6.Contains(Endpoint.From(address, 0).Address));
}
