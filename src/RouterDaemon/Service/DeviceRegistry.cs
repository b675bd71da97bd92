using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
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
internal sealed class DeviceRegistry(StoreFile store, INeighbours lan, TimeProvider time, DaemonLog log)
{
    private static readonly TimeSpan SeenPrecision = TimeSpan.FromHours(1); // in the store; the page has it to the second
    private const int UniqueLocal = 0xFC00 >> 9; // fc00::/7
    private readonly Lock _gate = new();
    private readonly HashSet<string> _warned = [];
    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new(); // by MAC
    private volatile IReadOnlyList<Neighbour> _neighbours = [];
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
            _neighbours = lan.Find();
            var named = store.Devices.All.ToArray();
            See(named);
            var devices = named.Select(Present).OfType<SharedDevice>().ToList();
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
        _neighbours.Where(n => n.Address.Equals(device.Address)).Select(DeviceFinder.Mac).FirstOrDefault(m => m != device.Mac);

    /// <summary>When a device answered last; null: not since the start.</summary>
    public DateTimeOffset? LastSeen(string mac) => _seen.TryGetValue(mac, out var seen) ? seen : null;

    // Remembers named devices and present ones only: anybody on the LAN can invent MAC addresses.
    private void See(IEnumerable<Storage.Tables.Device> named)
    {
        foreach (var neighbour in _neighbours.Where(DeviceFinder.IsConfirmed))
        {
            _seen[DeviceFinder.Mac(neighbour)] = time.GetUtcNow();
        }

        var kept = _neighbours.Select(DeviceFinder.Mac).Concat(named.Select(d => d.Mac)).ToHashSet();
        foreach (var gone in _seen.Keys.Where(mac => !kept.Contains(mac)))
        {
            _seen.TryRemove(gone, out _);
        }
    }

    private SharedDevice? Present(Storage.Tables.Device stored)
    {
        var seen = LastSeen(stored.Mac) ?? stored.LastSeen;
        var device = stored with { Address = Follow(stored) };
        if (!device.Address.Equals(stored.Address) || seen - stored.LastSeen >= SeenPrecision)
        {
            device = device with { LastSeen = seen };
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
        return new SharedDevice(new LanDevice(device.Label, Ipv4Of(device)), [.. shares]) { Ipv6 = Ipv6Of(device), Published = Published(device.Label) };
    }

    private PortRange[] Published(string label) => store.Publications.Find(label) is { } publication
        ? [.. Publications.Rules(publication).Select(r => new PortRange((byte)r.Protocol, (ushort)r.First, (ushort)r.Last))]
        : [];

    // 0: it has none.
    private uint Ipv4Of(Storage.Tables.Device device)
    {
        var address = device.Address.AddressFamily == AddressFamily.InterNetwork
            ? device.Address
            : _neighbours.FirstOrDefault(n => !DeviceFinder.IsIpv6(n) && DeviceFinder.Mac(n) == device.Mac)?.Address;
        return address is null ? 0 : DeviceFinder.Ipv4(address);
    }

    // The one that it was named by, else the same as long as it bears it, else a unique local one, which does not change with the provider. 0: none.
    private UInt128 Ipv6Of(Storage.Tables.Device device)
    {
        if (device.Address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return Packets.Endpoint.From(device.Address, 0).Address;
        }

        var borne = _neighbours.Where(n => DeviceFinder.IsIpv6(n) && DeviceFinder.Mac(n) == device.Mac)
            .Select(n => Packets.Endpoint.From(n.Address, 0).Address).ToList();
        var former = _published.FirstOrDefault(d => d.Device.Label == device.Label)?.Ipv6 ?? 0;
        return borne.Contains(former) ? former : borne.OrderBy(a => a >> 121 != UniqueLocal).ThenBy(a => a).FirstOrDefault();
    }

    // The kernel keeps an address that a device has left, for hours. So what contradicts is asked, and only who answers is believed.
    private IPAddress Follow(Storage.Tables.Device device)
    {
        var own = _neighbours.Where(n => DeviceFinder.Mac(n) == device.Mac && n.Address.AddressFamily == device.Address.AddressFamily).ToList();
        var home = own.Find(n => n.Address.Equals(device.Address));
        var elsewhere = own.Find(n => n != home && DeviceFinder.IsConfirmed(n));
        if (home is null)
        {
            own.Where(n => !DeviceFinder.IsConfirmed(n)).ToList().ForEach(lan.Ask);
            return elsewhere?.Address ?? device.Address;
        }

        if (elsewhere is not null && !DeviceFinder.IsConfirmed(home))
        {
            lan.Ask(home);
        }

        return device.Address;
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
        var text = string.Join(';', store.Shares.All.Select(s => $"{s.Device}/{s.Group}/{string.Join(',', s.Ports)}"))
            + '|' + string.Join(';', store.Publications.All.Select(p => $"{p.Device}/{string.Join(',', p.Ports)}"));
        var same = now.Count == before.Count && text == _sharesSeen
            && now.Zip(before).All(pair => pair.First.Device == pair.Second.Device && pair.First.Ipv6 == pair.Second.Ipv6);
        _sharesSeen = text;
        return same;
    }

    private string _sharesSeen = "";
}
