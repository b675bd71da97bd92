using System.Buffers.Binary;
using NTMobile.Security;

namespace NTMobile.RouterCore.Translation;

/// <summary>
/// The flows between LAN devices and ordinary hosts through a relay server that one side began, so that answers, and nothing else, may come in. An entry knows 32 random
/// bits of a flow's addresses and ports: whoever guesses must hit one of eight in 2³². Packet loops of both directions use it at once.
/// </summary>
internal sealed class EgressFlows
{
    private const int TableBits = 4;
    private readonly FlowTable[] _tables = [.. Enumerable.Range(0, 1 << TableBits).Select(_ => new FlowTable())];
    private readonly ulong _first;
    private readonly ulong _second;

    /// <param name="random">Makes it hard to guess which flows share an entry; null: easy, for tests.</param>
    public EgressFlows(IRandom? random)
    {
        Span<byte> bytes = stackalloc byte[2 * sizeof(ulong)];
        random?.Fill(bytes);
        (_first, _second) = (BinaryPrimitives.ReadUInt64LittleEndian(bytes) | 1, BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(ulong)..]) | 1);
    }

    /// <summary>Notes a packet that went out.</summary>
    /// <param name="flow">Whose.</param>
    /// <param name="second">Time in seconds from any start.</param>
    public void Note(in EgressFlow flow, uint second)
    {
        var hash = Hash(in flow);
        Table(hash).Note(flow.Protocol, (ushort)(hash >> 16), (ushort)hash, second);
    }

    /// <summary>Whether a packet went out in this flow, and not too long ago.</summary>
    public bool Knows(in EgressFlow flow, uint second)
    {
        var hash = Hash(in flow);
        return Table(hash).Answers(flow.Protocol, (ushort)(hash >> 16), (ushort)hash, second);
    }

    private FlowTable Table(ulong hash) => _tables[(int)(hash >> (64 - TableBits))];

    private ulong Hash(in EgressFlow flow)
    {
        var addresses = ((ulong)flow.Device << 32) | flow.Host;
        var ports = ((ulong)flow.DevicePort << 16) | flow.HostPort | ((ulong)flow.Protocol << 32);
        var hash = (addresses ^ _first) * 0x9E37_79B9_7F4A_7C15;
        hash = (hash ^ (hash >> 32) ^ (ports * _second)) * 0xBF58_476D_1CE4_E5B9;
        hash = (hash ^ (hash >> 29) ^ _second) * 0x94D0_49BB_1331_11EB;
        return hash ^ (hash >> 32);
    }
}

/// <summary>A flow between a LAN device and an ordinary host.</summary>
/// <param name="Device">The device's address.</param>
/// <param name="Host">The host's address.</param>
/// <param name="Protocol">IP protocol.</param>
/// <param name="DevicePort">The device's port, or the identifier of an ICMP echo.</param>
/// <param name="HostPort">The host's port, or the same identifier.</param>
internal readonly record struct EgressFlow(uint Device, uint Host, byte Protocol, ushort DevicePort, ushort HostPort);
