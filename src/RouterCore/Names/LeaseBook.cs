namespace NTMobile.RouterCore.Names;

/// <summary>
/// Virtual addresses of remote devices: the same one for a device for ever, none given to another device within 30 days of its last use.
/// </summary>
internal sealed class LeaseBook(NodeContext node)
{
    private static readonly TimeSpan Rest = TimeSpan.FromDays(30);
    private static readonly TimeSpan SaveEvery = TimeSpan.FromHours(1);
    private readonly Dictionary<(string Peer, string Device), VirtualLease> _byName = [];
    private readonly Dictionary<uint, VirtualLease> _byAddress = [];
    private uint _next;

    public IReadOnlyCollection<VirtualLease> All => _byAddress.Values;

    /// <summary>Takes in what the store kept.</summary>
    public void Load(IEnumerable<VirtualLease> leases)
    {
        foreach (var lease in leases.Where(l => node.Settings.VirtualPrefix.Contains(l.Address) && !node.Settings.VirtualPrefix.LastEighth.Contains(l.Address)))
        {
            Put(lease);
        }
    }

    public VirtualLease? ByAddress(uint address) => _byAddress.GetValueOrDefault(address);

    /// <summary>The address of a device, a new one if it has none; null: the pool is empty.</summary>
    /// <param name="peer">The peer's node name.</param>
    /// <param name="device">The device under it, <see cref="RemoteName"/>.</param>
    public VirtualLease? Get(string peer, string device)
    {
        var now = node.WallClock;
        if (_byName.TryGetValue((peer, device), out var known))
        {
            if (now - known.LastUsed > SaveEvery)
            {
                Keep(known = known with { LastUsed = now });
            }

            return known;
        }

        if (FreeAddress(now) is not { } address)
        {
            return null;
        }

        var lease = new VirtualLease(peer, device, address, now);
        Keep(lease);
        return lease;
    }

    private void Keep(VirtualLease lease)
    {
        Put(lease);
        node.Act.Save(lease);
    }

    private void Put(VirtualLease lease)
    {
        if (_byAddress.TryGetValue(lease.Address, out var former))
        {
            _byName.Remove((former.Peer, former.Device));
            node.Tables.StandIns.RemoveVirtual(RemoteName.Address(former.Peer, former.Device), former.Address);
        }

        _byName[(lease.Peer, lease.Device)] = lease;
        _byAddress[lease.Address] = lease;
        node.Tables.StandIns.AddVirtual(RemoteName.Address(lease.Peer, lease.Device), lease.Address);
    }

    // The addresses go round, so that one that became free rests as long as possible. The first is left out, as some hosts take it for broadcast, and the
    // last eighth, which stands for hosts outside.
    private uint? FreeAddress(DateTimeOffset now)
    {
        var prefix = node.Settings.VirtualPrefix;
        var usable = prefix.Count / 8 * 7 - 1;
        _next = _next == 0 ? (uint)(node.RandomNumber() % usable) : _next;
        for (uint tried = 0; tried < usable; tried++)
        {
            _next = (_next + 1) % usable;
            var address = prefix.Network + 1 + _next;
            if (!_byAddress.TryGetValue(address, out var lease) || now - lease.LastUsed > Rest)
            {
                return address;
            }
        }

        return null;
    }
}
