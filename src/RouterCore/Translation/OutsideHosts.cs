using System.Buffers.Binary;
using NTMobile.Security;

namespace NTMobile.RouterCore.Translation;

/// <summary>
/// Virtual IPv4 addresses that stand for ordinary IPv6 hosts which reach published devices. Each /48 of the Internet has 64 addresses, which it shares with
/// few others: who comes from many addresses at once takes them from himself. The one that was idle longest gives way, if it was for half a minute.
/// The receive thread alone adds; packet loops look up.
/// </summary>
/// <param name="prefix">Out of which addresses are given.</param>
/// <param name="random">Makes it hard to guess who shares addresses; null: easy, for tests.</param>
internal sealed class OutsideHosts(AddressPrefix prefix, IRandom? random)
{
    private const int RestSeconds = 30;
    private readonly int _ways = (int)Math.Min(64, prefix.Count);
    private readonly ulong _key = Key(random);
    private uint[] _tags = []; // of what is in the same place of _hosts, so that one cache line tells of sixteen
    private OutsideHost?[] _hosts = []; // both: laid out when the first comes

    /// <summary>Whether an address is one that stands for a host.</summary>
    public bool Contains(uint standIn) => prefix.Contains(standIn);

    /// <summary>The host for which an address stands; null: none.</summary>
    public OutsideHost? Find(uint standIn)
    {
        var hosts = Volatile.Read(ref _hosts);
        return prefix.Contains(standIn) && hosts.Length > 0 ? Volatile.Read(ref hosts[standIn - prefix.Network]) : null;
    }

    /// <summary>A host that has an address; null: it has none. Receive thread.</summary>
    public OutsideHost? Find(UInt128 address) => _hosts.Length > 0 && IndexOf(address) is >= 0 and var index ? _hosts[index] : null;

    /// <summary>A host, with an address from now on; null: all that it could have are in use. Receive thread.</summary>
    public OutsideHost? Get(UInt128 address, uint second)
    {
        if (_hosts.Length == 0)
        {
            _tags = new uint[prefix.Count];
            Volatile.Write(ref _hosts, new OutsideHost?[prefix.Count]);
        }

        if (IndexOf(address) is >= 0 and var known)
        {
            _hosts[known]!.UsedSecond = second;
            return _hosts[known];
        }

        var first = FirstOf(address);
        var idlest = first;
        for (var i = first; i < first + _ways && _hosts[idlest] is { } worst; i++)
        {
            idlest = _hosts[i] is not { } other || Idle(other, second) > Idle(worst, second) ? i : idlest;
        }

        var former = _hosts[idlest];
        if (former is not null && Idle(former, second) < RestSeconds)
        {
            return null;
        }

        var host = new OutsideHost(address, prefix.Network + (uint)idlest, former is null ? (uint)idlest : former.Number + prefix.Count) { UsedSecond = second };
        _tags[idlest] = Tag(address);
        Volatile.Write(ref _hosts[idlest], host);
        return host;
    }

    // Packet loops' clocks may be a little ahead.
    private static int Idle(OutsideHost host, uint second) => (int)(second - host.UsedSecond);

    private int IndexOf(UInt128 address)
    {
        var first = FirstOf(address);
        var tag = Tag(address);
        for (var i = first; i < first + _ways; i++)
        {
            if (_tags[i] == tag && _hosts[i]?.Address == address)
            {
                return i;
            }
        }

        return -1;
    }

    private int FirstOf(UInt128 address) => (int)((((ulong)(address >> 80) * _key) >> 32) % (prefix.Count / (uint)_ways)) * _ways;

    private uint Tag(UInt128 address) => (uint)((((ulong)(address >> 64) ^ ((ulong)address * 0x9E37_79B9_7F4A_7C15)) * _key) >> 32);

    private static ulong Key(IRandom? random)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        random?.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) | 1;
    }
}

/// <summary>An ordinary IPv6 host and what stands for it.</summary>
/// <param name="address">Its address.</param>
/// <param name="standIn">The virtual IPv4 address by which the LAN knows it.</param>
/// <param name="number">Its own, also where another had the virtual address before.</param>
internal sealed class OutsideHost(UInt128 address, uint standIn, uint number)
{
    private volatile uint _usedSecond;

    public UInt128 Address { get; } = address;

    public uint StandIn { get; } = standIn;

    /// <summary>Stands for it in flows, so that what was a former host's is not taken for its.</summary>
    public uint Number { get; } = number;

    /// <summary>When a packet came or went last.</summary>
    public uint UsedSecond
    {
        get => _usedSecond;
        set => _usedSecond = value;
    }
}
