using System.Net;
using NTMobile.Packets;

namespace NTMobile.NetfilterBridge;

/// <summary>What becomes of packets to ordinary hosts.</summary>
public enum InternetFate
{
    /// <summary>They go their ordinary way.</summary>
    Direct,

    /// <summary>They are queued, with or without a listener, and never leave by an uplink.</summary>
    Queue,

    /// <summary>Those of flows that the kernel does not forward already are queued; without a listener they go their ordinary way.</summary>
    QueueNew,
}

/// <summary>Ports of a device that hosts outside may reach by a tunnel: what it sends from there may have to go back that way.</summary>
/// <param name="Device">Ethernet address of the device.</param>
/// <param name="Protocol">IP protocol: TCP or UDP.</param>
/// <param name="First">First port.</param>
/// <param name="Last">Last port, inclusive.</param>
public sealed record AnsweringPorts(MacAddress Device, byte Protocol, ushort First, ushort Last);

/// <summary>One rule; the first that fits decides.</summary>
/// <param name="Device">Ethernet address of the device; null: every device.</param>
/// <param name="Destination">IPv4 network; null: everything, IPv6 too.</param>
/// <param name="Fate">What becomes of what fits.</param>
public sealed record InternetRule(MacAddress? Device, IPNetwork? Destination, InternetFate Fate);
