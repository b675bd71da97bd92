using System.Globalization;
using NTMobile.RouterCore.Translation;

namespace NTMobile.RouterCore.Names;

/// <summary>A device on this LAN and what of it is shared.</summary>
/// <param name="Device">Label and address.</param>
/// <param name="Shares">What members of which group may start towards; nothing by default.</param>
public sealed record SharedDevice(LanDevice Device, IReadOnlyList<Share> Shares)
{
    /// <summary>The IPv6 address by which it is reached; 0: it has none. Others that it may have are nobody's to the router, as those of a device without a name.</summary>
    public UInt128 Ipv6 { get; init; }

    /// <summary>What of it ordinary hosts on the Internet may reach: TCP and UDP, without overlaps. Nothing by default.</summary>
    public IReadOnlyList<PortRange> Published { get; init; } = [];
}

/// <summary>One decision of the owner.</summary>
/// <param name="Group">The group's id as a text, or null: every group of this node.</param>
/// <param name="Ports">What is shared.</param>
public sealed record Share(string? Group, SharedPorts Ports);

/// <summary>The devices of this LAN by label and by address, or by what stands for an address of IPv6.</summary>
internal sealed class DeviceBook(StandInBook standIns)
{
    private Dictionary<string, SharedDevice> _byLabel = [];
    private Dictionary<uint, LanDevice> _byAddress = [];

    /// <summary>Replaces the devices. Of two with one label or one address the first stays: a name is never taken over.</summary>
    /// <param name="devices">All devices, the longest known first.</param>
    /// <param name="ownAddress">The router itself is no device.</param>
    public void Set(IEnumerable<SharedDevice> devices, uint ownAddress)
    {
        _byLabel = [];
        _byAddress = [];
        foreach (var device in devices.Where(d => d.Device.Address != ownAddress))
        {
            if (_byLabel.TryAdd(device.Device.Label, device))
            {
                _byAddress.TryAdd(device.Device.Address, device.Device);
            }
        }

        standIns.SetNamed(_byLabel.Values.Where(d => d.Ipv6 != 0).Select(d => d.Ipv6));
        foreach (var device in _byLabel.Values)
        {
            if (device.Ipv6 != 0 && standIns.Get(device.Ipv6) is not 0 and var standIn)
            {
                _byAddress.TryAdd(standIn, new LanDevice(device.Device.Label, standIn));
            }
        }
    }

    /// <summary>The device with this label, as it is reached by one IP version, or by the other if it has only that.</summary>
    public LanDevice? ByLabel(string label, bool byIpv6 = false)
    {
        if (_byLabel.GetValueOrDefault(label) is not { } device)
        {
            return null;
        }

        var hasIpv4 = device.Device.Address != 0;
        var standIn = device.Ipv6 != 0 && (byIpv6 || !hasIpv4) ? standIns.Get(device.Ipv6) : 0;
        return standIn != 0 ? new LanDevice(label, standIn) : hasIpv4 ? device.Device : null;
    }

    /// <summary>Whether a device has this label.</summary>
    public bool Has(string label) => _byLabel.ContainsKey(label);

    /// <summary>The IPv6 address by which a device is reached; null: it has none.</summary>
    public UInt128? Ipv6(string label) => _byLabel.GetValueOrDefault(label) is { } device && device.Ipv6 != 0 ? device.Ipv6 : null;

    /// <summary>The IPv4 address of a device; null: it has none.</summary>
    public uint? Ipv4(string label) => _byLabel.GetValueOrDefault(label) is { Device.Address: not 0 } device ? device.Device.Address : null;

    /// <summary>The device with this address; one that nobody named yet gets a label made of its address.</summary>
    public LanDevice ByAddress(uint address) =>
        _byAddress.GetValueOrDefault(address) ?? new LanDevice(
            StandInTable.IsStandIn(address)
                ? string.Create(CultureInfo.InvariantCulture, $"ip6-{standIns.Address(address):x32}")
                : $"ip-{address >> 24}-{(address >> 16) & 255}-{(address >> 8) & 255}-{address & 255}",
            address);

    /// <summary>
    /// The device with this address, as what speaks one IP version: peers tell the two apart by label and version, so a context must not have the
    /// address of the other one while there is the right one.
    /// </summary>
    public LanDevice ByAddress(uint address, bool speaksIpv6)
    {
        var device = ByAddress(address);
        return StandInTable.IsStandIn(address) == speaksIpv6 ? device : ByLabel(device.Label, speaksIpv6) ?? device;
    }

    /// <summary>What members of a group may start towards.</summary>
    public SharedPorts SharedWith(string label, string group)
    {
        var ports = SharedPorts.Nothing;
        foreach (var share in _byLabel.GetValueOrDefault(label)?.Shares ?? [])
        {
            ports = share.Group is null || share.Group == group ? ports.Union(share.Ports) : ports;
        }

        return ports;
    }

    /// <summary>Labels that the DS may know: devices of which anything is shared.</summary>
    public IEnumerable<string> SharedLabels() =>
        _byLabel.Values.Where(d => d.Shares.Any(s => !s.Ports.IsEmpty)).Select(d => d.Device.Label).Order(StringComparer.Ordinal);
}
