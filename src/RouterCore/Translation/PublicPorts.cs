namespace NTMobile.RouterCore.Translation;

/// <summary>Which ports of which devices ordinary hosts may reach through the relay server. Immutable; packet loops read it.</summary>
internal sealed class PublicPorts
{
    private readonly Dictionary<uint, PublicDevice> _devices;
    private readonly Dictionary<UInt128, uint> _byIpv6 = [];

    /// <param name="devices">Per device, by its IPv4 address. Of two with one public IPv6 address, which no honest relay server gives, the first has it.</param>
    public PublicPorts(IReadOnlyDictionary<uint, PublicDevice> devices)
    {
        _devices = new(devices);
        foreach (var (device, own) in devices.Where(d => d.Value.Ipv6 != 0))
        {
            _byIpv6.TryAdd(own.Ipv6, device);
        }
    }

    /// <summary>Whether an ordinary host may reach this port.</summary>
    public bool Permits(uint device, byte protocol, ushort port) => _devices.TryGetValue(device, out var own) && own.Ports.Permits(protocol, port);

    /// <summary>The device with a public IPv6 address, by its IPv4 address; 0: none.</summary>
    public uint DeviceAt(UInt128 address) => _byIpv6.GetValueOrDefault(address);

    /// <summary>The public IPv6 address of a device; 0: it has none.</summary>
    public UInt128 Ipv6Of(uint device) => _devices.GetValueOrDefault(device).Ipv6;
}

/// <summary>A device that ordinary hosts may reach.</summary>
/// <param name="Ports">At which ports.</param>
/// <param name="Ipv6">Its public IPv6 address; 0: it has none, or none is known yet.</param>
internal readonly record struct PublicDevice(SharedPorts Ports, UInt128 Ipv6);
