using NTMobile.Packets;

namespace NTMobile.RouterCore.Translation;

/// <summary>
/// The flows that went out through one context, so that their answers may come in. One entry is one number:
/// protocol (8 bits), local port (16), remote port (16), second of the last packet out (24).
/// Packet loops of both directions use it at once: reading takes no lock, adding a new flow does. At most
/// <see cref="MaximumEntries"/> entries; the oldest of eight neighbours gives way.
/// </summary>
internal sealed class FlowTable
{
    public const int MaximumEntries = 16384;
    private const int Ways = 8;
    private const int FirstEntries = 16;
    private const int TimeBits = 24;
    private const uint TimeMask = (1 << TimeBits) - 1;

    private readonly Lock _adding = new();
    private ulong[] _entries = new ulong[FirstEntries];

    /// <summary>Fetches the entries of a table that has never grown, without waiting for them.</summary>
    public void Fetch() => CacheLines.Fetch(Volatile.Read(ref _entries), 16 + (FirstEntries * sizeof(ulong)));

    /// <summary>Notes a packet that went out.</summary>
    /// <param name="protocol">IP protocol.</param>
    /// <param name="localPort">The LAN device's port, or the identifier of an ICMP echo.</param>
    /// <param name="remotePort">The peer device's port, or the same identifier.</param>
    /// <param name="second">Time in seconds from any start.</param>
    public void Note(byte protocol, ushort localPort, ushort remotePort, uint second)
    {
        var key = Key(protocol, localPort, remotePort);
        var entry = (key << TimeBits) | (second & TimeMask);
        var entries = Volatile.Read(ref _entries);
        foreach (ref var slot in Bucket(entries, key))
        {
            var seen = Volatile.Read(ref slot);
            if (seen >> TimeBits == key && seen != 0)
            {
                if (seen != entry)
                {
                    Volatile.Write(ref slot, entry);
                }

                return;
            }
        }

        Add(entry, key, second);
    }

    /// <summary>Whether a packet in answers a flow that went out and has not timed out.</summary>
    public bool Answers(byte protocol, ushort localPort, ushort remotePort, uint second)
    {
        var key = Key(protocol, localPort, remotePort);
        foreach (ref var slot in Bucket(Volatile.Read(ref _entries), key))
        {
            var seen = Volatile.Read(ref slot);
            if (seen >> TimeBits == key && seen != 0)
            {
                return !IsOver(seen, second);
            }
        }

        return false;
    }

    private void Add(ulong entry, ulong key, uint second)
    {
        lock (_adding)
        {
            while (true)
            {
                var bucket = Bucket(_entries, key);
                var oldest = 0;
                for (var i = 0; i < Ways; i++)
                {
                    if (bucket[i] == 0 || IsOver(bucket[i], second))
                    {
                        Volatile.Write(ref bucket[i], entry);
                        return;
                    }

                    oldest = Age(bucket[i], second) > Age(bucket[oldest], second) ? i : oldest;
                }

                if (_entries.Length >= MaximumEntries)
                {
                    Volatile.Write(ref bucket[oldest], entry);
                    return;
                }

                Grow();
            }
        }
    }

    private void Grow()
    {
        var larger = new ulong[_entries.Length * 4];
        foreach (var entry in _entries)
        {
            foreach (ref var slot in Bucket(larger, entry >> TimeBits))
            {
                if (slot == 0)
                {
                    slot = entry;
                    break;
                }
            }
        }

        Volatile.Write(ref _entries, larger);
    }

    // Idle times: RFC 5382 REQ-5 for TCP (2 h 4 min), RFC 4787 REQ-5 for UDP (5 min), RFC 5508 REQ-1 for ICMP (60 s).
    private static bool IsOver(ulong entry, uint second) => Age(entry, second) > (byte)(entry >> (TimeBits + 32)) switch
    {
        Packets.IpProtocol.Tcp => 7440,
        Packets.IpProtocol.Icmp => 60,
        _ => 300,
    };

    private static uint Age(ulong entry, uint second) => (second - (uint)entry) & TimeMask;

    private static ulong Key(byte protocol, ushort localPort, ushort remotePort) =>
        ((ulong)protocol << 32) | ((ulong)localPort << 16) | remotePort;

    private static Span<ulong> Bucket(ulong[] entries, ulong key)
    {
        var hash = (key * 0x9E37_79B9_7F4A_7C15) >> 40;
        return entries.AsSpan((int)(hash % (ulong)(entries.Length / Ways)) * Ways, Ways);
    }
}
