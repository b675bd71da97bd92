using NTMobile.Linux;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Translation;
using NTMobile.RouterDaemon.Network;
using NTMobile.Storage;

namespace NTMobile.RouterDaemon.Service;

/// <summary>
/// Devices by name. A name belongs to the first MAC address that bore it and never goes to another by itself; the owner may forget it. A device
/// whose address is borne by another MAC is left out until its own MAC is seen again.
/// </summary>
internal sealed class DeviceRegistry(StoreFile store, DeviceFinder finder, TimeProvider time, DaemonLog log)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _warned = [];
    private IReadOnlyList<Neighbour> _neighbours = [];
    private IReadOnlyList<SharedDevice> _published = [];

    /// <summary>Told when what is reachable changed.</summary>
    public event Action? Changed;

    /// <summary>Whom the kernel sees on the LAN now.</summary>
    public IReadOnlyList<Neighbour> Neighbours => _neighbours;

    /// <summary>What the node must know.</summary>
    public DevicesChanged Now() => new(_published);

    /// <summary>Looks at the LAN and the store again.</summary>
    public void Refresh()
    {
        bool changed;
        lock (_gate)
        {
            _neighbours = finder.Find();
            var devices = store.Devices.All.ToArray().Select(Present).OfType<SharedDevice>().ToList();
            changed = !Same(devices, _published);
            _published = devices;
        }

        if (changed)
        {
            Changed?.Invoke();
        }
    }

    /// <summary>The MAC of another device that bears this device's address, or null.</summary>
    public string? ClaimedBy(Storage.Tables.Device device) =>
        _neighbours.Any(n => DeviceFinder.Mac(n) == device.Mac)
            ? null
            : _neighbours.Where(n => n.Address.Equals(device.Address)).Select(DeviceFinder.Mac).FirstOrDefault(m => m != device.Mac);

    private SharedDevice? Present(Storage.Tables.Device device)
    {
        var own = _neighbours.FirstOrDefault(n => DeviceFinder.Mac(n) == device.Mac);
        if (own is not null && !own.Address.Equals(device.Address))
        {
            device = device with { Address = own.Address, LastSeen = time.GetUtcNow() };
            store.Devices.Put(device);
        }

        if (ClaimedBy(device) is { } claimed)
        {
            if (_warned.Add(device.Label + claimed))
            {
                log.DeviceClaimed(device.Label, device.Mac, claimed);
            }

            return null;
        }

        var shares = store.Shares.All.ToArray().Where(s => s.Device == device.Label).Select(s => new RouterCore.Names.Share(s.Group, Ports(s.Ports)));
        return new SharedDevice(new LanDevice(device.Label, DeviceFinder.Ipv4(device.Address)), [.. shares]);
    }

    private static SharedPorts Ports(IReadOnlyList<string> ports)
    {
        if (!Control.PortList.TryParse(string.Join(',', ports), out var list, out _))
        {
            return SharedPorts.Nothing;
        }

        return list.IsAll
            ? SharedPorts.All
            : new SharedPorts([.. list.Rules.Select(r => new PortRange((byte)r.Protocol, (ushort)r.First, (ushort)r.Last))], false);
    }

    private bool Same(List<SharedDevice> now, IReadOnlyList<SharedDevice> before)
    {
        var text = string.Join(';', store.Shares.All.Select(s => $"{s.Device}/{s.Group}/{string.Join(',', s.Ports)}"));
        var same = now.Select(d => d.Device).SequenceEqual(before.Select(d => d.Device)) && text == _sharesSeen;
        _sharesSeen = text;
        return same;
    }

    private string _sharesSeen = "";
}
