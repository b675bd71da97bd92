using System.Net;
using System.Net.Sockets;
using NTMobile.Linux;
using NTMobile.Packets;

namespace NTMobile.RouterDaemon.Network;

/// <summary>Devices on the LAN, from the kernel's neighbour table: who has which address now.</summary>
internal sealed class DeviceFinder(string lan) : IDisposable
{
    // NUD_INCOMPLETE, NUD_FAILED, NUD_NOARP: no device stands behind these (rtnetlink(7)).
    private const ushort Useless = 0x01 | 0x20 | 0x40;
    private readonly RouteEditor _editor = new();

    /// <summary>IPv4 neighbours with a hardware address.</summary>
    public IReadOnlyList<Neighbour> Find()
    {
        var index = _editor.Links().FirstOrDefault(l => l.Name == lan)?.Index;
        return [.. _editor.Neighbours().Where(n => n.LinkIndex == index && n.Address.AddressFamily == AddressFamily.InterNetwork
            && (n.State & Useless) == 0 && n.HardwareAddress != 0)];
    }

    public void Dispose() => _editor.Dispose();

    public static string Mac(Neighbour neighbour) => new MacAddress(neighbour.HardwareAddress).ToString();

    public static uint Ipv4(IPAddress address) => Endpoint.From(address, 0).Ipv4Address;
}
