using NTMobile.Wire;

namespace NTMobile.RelayServer;

/// <summary>Datagrams and bytes (UDP payload) forwarded, by datagram type. Written by one thread, read by any.</summary>
public sealed class RelayCounters
{
    private readonly long[] _packets = new long[256];
    private readonly long[] _bytes = new long[256];

    /// <summary>Datagrams that carried the packets of devices: zero bytes here prove that a pair's path is direct.</summary>
    public long PayloadPackets => Payload(_packets);

    /// <summary>Their bytes.</summary>
    public long PayloadBytes => Payload(_bytes);

    /// <summary>Datagrams of one type.</summary>
    public long Packets(DatagramType type) => Volatile.Read(ref _packets[(int)type]);

    /// <summary>Bytes of one type.</summary>
    public long Bytes(DatagramType type) => Volatile.Read(ref _bytes[(int)type]);

    internal void Add(DatagramType type, int packets, int bytes)
    {
        _packets[(int)type] += packets;
        _bytes[(int)type] += bytes;
    }

    private static long Payload(long[] counts) =>
        Volatile.Read(ref counts[(int)DatagramType.Data]) + Volatile.Read(ref counts[(int)DatagramType.DataFull])
        + Volatile.Read(ref counts[(int)DatagramType.Fragment]);
}

/// <summary>One slot's totals.</summary>
/// <param name="Slot">The slot's number in hexadecimal.</param>
/// <param name="Node0">Name of the node on leg 0, or null.</param>
/// <param name="Node1">Name of the node on leg 1, or null.</param>
/// <param name="Packets">Datagrams forwarded both ways.</param>
/// <param name="Bytes">Their bytes.</param>
public sealed record SlotStatus(string Slot, string? Node0, string? Node1, long Packets, long Bytes);
