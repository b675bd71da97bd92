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

/// <summary>One rule; the first that fits decides.</summary>
/// <param name="Device">Ethernet address of the device; null: every device.</param>
/// <param name="Destination">IPv4 network; null: everything, IPv6 too.</param>
/// <param name="Fate">What becomes of what fits.</param>
public sealed record InternetRule(MacAddress? Device, IPNetwork? Destination, InternetFate Fate);
