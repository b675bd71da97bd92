namespace NTMobile.RelayServer.Egress;

/// <summary>
/// Addresses of the pool, one for each device of each node. The first and the last are nobody's. A free one is taken in turn, so that an
/// address that was just given back is the last to be used again.
/// </summary>
internal sealed class EgressPool(EgressOptions options)
{
    private readonly EgressDevice?[] _devices = new EgressDevice?[options.PoolSize];
    private int _last;

    /// <summary>Addresses in use.</summary>
    public int Count { get; private set; }

    /// <summary>The first address, nobody's: who speaks from it is the RS itself.</summary>
    public uint Own => options.PoolBase;

    /// <summary>Who has an address; null: nobody.</summary>
    public EgressDevice? Find(uint pool)
    {
        var index = pool - options.PoolBase;
        return index < (uint)_devices.Length ? _devices[index] : null;
    }

    /// <summary>The device of a node, with an address from now on; null: there is none left.</summary>
    public EgressDevice? Get(EgressNode node, uint own, long now)
    {
        if (node.Devices.TryGetValue(own, out EgressDevice? device))
        {
            device.LastUsed = now;
            return device;
        }

        if (node.Devices.Count >= options.MaxDevicesPerNode)
        {
            if (node.Devices.Values.Where(other => other.Publications == 0).MinBy(other => other.LastUsed) is not { } idlest)
            {
                return null;
            }

            Remove(idlest);
        }

        if (Count >= _devices.Length - 2)
        {
            return null;
        }

        do
        {
            _last = _last >= _devices.Length - 2 ? 1 : _last + 1;
        }
        while (_devices[_last] is not null);
        device = new EgressDevice(node, own, options.PoolBase + (uint)_last) { LastUsed = now };
        _devices[_last] = device;
        node.Devices.Add(own, device);
        Count++;
        return device;
    }

    /// <summary>Gives back all addresses of a node.</summary>
    public void Remove(EgressNode node)
    {
        foreach (EgressDevice device in node.Devices.Values.ToArray())
        {
            Remove(device);
        }
    }

    private void Remove(EgressDevice device)
    {
        device.Node.Devices.Remove(device.Own);
        _devices[device.Pool - options.PoolBase] = null;
        Count--;
    }
}
