using NTMobile.RouterCore.Translation;

namespace NTMobile.RouterCore;

/// <summary>
/// Gives IPv4 addresses out that stand for the IPv6 addresses of this LAN's devices. At most 4,096: a device may invent addresses. When they are used up,
/// those go that no context uses and no named device bears. Control loop only.
/// </summary>
internal sealed class StandInBook(StandInTable table, FlowBook flows)
{
    private const int Most = 4096;
    private const uint Count = (1 << 24) - 1;
    private readonly Dictionary<uint, UInt128> _addresses = [];
    private HashSet<UInt128> _named = [];
    private uint _next;

    /// <summary>The router's own addresses on the LAN, the first one to speak with; none: this LAN has no IPv6.</summary>
    public IReadOnlyList<UInt128> Own { get; set; } = [];

    /// <summary>The addresses of named devices; they keep what stands for them.</summary>
    public void SetNamed(IEnumerable<UInt128> addresses) => _named = [.. addresses];

    /// <summary>The IPv6 address for which one stands.</summary>
    public UInt128 Address(uint standIn) => _addresses.GetValueOrDefault(standIn);

    /// <summary>What stands for an address, from now on if nothing did; 0: the address is the router's own, or all are in use.</summary>
    public uint Get(UInt128 address)
    {
        if (table.Device(address) is not 0 and var known)
        {
            return known;
        }

        if (Own.Contains(address) || (_addresses.Count >= Most && !TryMakeRoom()))
        {
            return 0;
        }

        do
        {
            _next = (_next % Count) + 1;
        }
        while (_addresses.ContainsKey(_next));
        _addresses[_next] = address;
        table.AddDevice(address, _next);
        return _next;
    }

    /// <summary>The addresses of a pair of devices, if the one on this LAN has IPv6; null: it has IPv4.</summary>
    public Ipv6Pair? Pair(uint device, string peer, string remoteName) =>
        StandInTable.IsStandIn(device) && _addresses.TryGetValue(device, out var local) ? new Ipv6Pair(local, RemoteName.Address(peer, remoteName)) : null;

    private bool TryMakeRoom()
    {
        foreach (var (standIn, address) in _addresses.Where(a => !_named.Contains(a.Value) && !flows.HasDevice(a.Key)).ToArray())
        {
            _addresses.Remove(standIn);
            table.RemoveDevice(address);
        }

        return _addresses.Count < Most;
    }
}
