namespace NTMobile.RouterCore;

/// <summary>A device on this LAN as the router knows it.</summary>
/// <param name="Label">Its name under the router's name, one DNS label.</param>
/// <param name="Address">Its own private IPv4 address, V0 of the deck; 192.168.8.100 is 0xC0A80864. Of a device that
/// speaks IPv6 what stands for its IPv6 address (docs/decisions/0015); 0: it has none of IPv4.</param>
public sealed record LanDevice(string Label, uint Address);
