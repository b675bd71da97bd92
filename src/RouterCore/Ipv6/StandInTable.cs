using System.Collections.Concurrent;

namespace NTMobile.RouterCore;

/// <summary>The IPv6 addresses of a device on this LAN and of what it speaks with.</summary>
/// <param name="Local">The device's own.</param>
/// <param name="Virtual">That under which the LAN knows the peer's device.</param>
internal sealed record Ipv6Pair(UInt128 Local, UInt128 Virtual);

/// <summary>
/// Which IPv4 address stands for which IPv6 address inside the router. For a device on the LAN it is one of 0.0.0.0/8, which is no address of a host;
/// for a peer's device its virtual IPv4 address. Only the control loop writes; packet loops read.
/// </summary>
internal sealed class StandInTable
{
    private readonly ConcurrentDictionary<UInt128, uint> _devices = new();
    private readonly ConcurrentDictionary<UInt128, uint> _virtual = new();
    private volatile int _version;

    /// <summary>Counts what was taken out, so that a packet loop may keep its last look-up.</summary>
    public int Version => _version;

    /// <summary>Whether an IPv4 address is one that stands for a device's IPv6 address.</summary>
    public static bool IsStandIn(uint address) => address >> 24 == 0;

    /// <summary>What stands for a device's address; 0: nothing.</summary>
    public uint Device(UInt128 address) => _devices.GetValueOrDefault(address);

    /// <summary>The virtual IPv4 address that belongs to an IPv6 one; 0: it was given to nobody.</summary>
    public uint Virtual(UInt128 address) => _virtual.GetValueOrDefault(address);

    public void AddDevice(UInt128 address, uint standIn) => _devices[address] = standIn;

    public void RemoveDevice(UInt128 address)
    {
        _devices.TryRemove(address, out _);
        _version++;
    }

    /// <summary>Of two with one IPv6 address the first keeps it.</summary>
    public void AddVirtual(UInt128 address, uint virtualAddress) => _virtual.TryAdd(address, virtualAddress);

    public void RemoveVirtual(UInt128 address, uint virtualAddress)
    {
        if (_virtual.TryRemove(new KeyValuePair<UInt128, uint>(address, virtualAddress)))
        {
            _version++;
        }
    }
}
