using NTMobile.RouterCore.Translation;

namespace NTMobile.RouterCore.Names;

/// <summary>A device on this LAN and what of it is shared.</summary>
/// <param name="Device">Label and address.</param>
/// <param name="Shares">What members of which group may start towards; nothing by default.</param>
public sealed record SharedDevice(LanDevice Device, IReadOnlyList<Share> Shares);

/// <summary>One decision of the owner.</summary>
/// <param name="Group">The group's id as a text, or null: every group of this node.</param>
/// <param name="Ports">What is shared.</param>
public sealed record Share(string? Group, SharedPorts Ports);

/// <summary>The devices of this LAN by label and by address.</summary>
internal sealed class DeviceBook
{
    private Dictionary<string, SharedDevice> _byLabel = [];
    private Dictionary<uint, SharedDevice> _byAddress = [];

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
                _byAddress.TryAdd(device.Device.Address, device);
            }
        }
    }

    public LanDevice? ByLabel(string label) => _byLabel.GetValueOrDefault(label)?.Device;

    /// <summary>The device with this address; one that nobody named yet gets a label made of its address.</summary>
    public LanDevice ByAddress(uint address) =>
        _byAddress.GetValueOrDefault(address)?.Device ?? new LanDevice($"ip-{address >> 24}-{(address >> 16) & 255}-{(address >> 8) & 255}-{address & 255}", address);

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
