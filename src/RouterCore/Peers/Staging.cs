using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;

namespace NTMobile.RouterCore.Peers;

/// <summary>
/// Packets of LAN devices that wait for a session, a context or a path: at most 64 per pair of addresses, 1,024 in all, 5 seconds each.
/// What is over the bound is dropped; the sender's own retransmission makes up for it.
/// </summary>
internal sealed class Staging(NodeContext node)
{
    private const int PerPair = 64;
    private const int InAll = 1024;
    private const int LongestMs = 5000;
    private readonly Dictionary<ulong, List<Held>> _held = [];
    private int _count;

    /// <summary>Keeps a packet.</summary>
    /// <returns>False: over the bound.</returns>
    public bool Hold(uint device, uint virtualAddress, PacketHeld packet)
    {
        var key = FlowContext.OutboundKey(device, virtualAddress);
        if (_count >= InAll || (_held.TryGetValue(key, out var list) && list.Count >= PerPair))
        {
            return false;
        }

        Keep(key, new Held(packet, node.NowMs));
        return true;
    }

    /// <summary>Sends the packets of a pair on, in their order, but those that the path does not take yet.</summary>
    public void Release(uint device, uint virtualAddress, SendPath path)
    {
        var key = FlowContext.OutboundKey(device, virtualAddress);
        foreach (var held in Take(key))
        {
            if (path.Takes(held.Packet.Packet))
            {
                node.Act.Forward(held.Packet.Packet, held.Packet.Hints);
            }
            else
            {
                Keep(key, held);
            }
        }
    }

    /// <summary>The packets of a pair, in their order.</summary>
    public IReadOnlyList<PacketHeld> Waiting(uint device, uint virtualAddress) =>
        _held.TryGetValue(FlowContext.OutboundKey(device, virtualAddress), out var list) ? [.. list.Select(h => h.Packet)] : [];

    /// <summary>The first packets of a pair have gone another way.</summary>
    public void RemoveFirst(uint device, uint virtualAddress, int count)
    {
        if (_held.TryGetValue(FlowContext.OutboundKey(device, virtualAddress), out var list))
        {
            count = Math.Min(count, list.Count);
            list.RemoveRange(0, count);
            _count -= count;
        }
    }

    /// <summary>Gives up on a pair.</summary>
    /// <returns>Its packets, of which the first says whom to tell.</returns>
    public IEnumerable<byte[]> Discard(uint device, uint virtualAddress) =>
        Take(FlowContext.OutboundKey(device, virtualAddress)).Select(h => h.Packet.Packet);

    public void Tick()
    {
        if (_count == 0)
        {
            return;
        }

        var limit = node.NowMs - LongestMs;
        foreach (var (key, list) in _held.ToArray())
        {
            _count -= list.RemoveAll(h => h.SinceMs < limit);
            if (list.Count == 0)
            {
                _held.Remove(key);
            }
        }
    }

    private void Keep(ulong key, Held packet)
    {
        if (!_held.TryGetValue(key, out var list))
        {
            _held[key] = list = [];
        }

        list.Add(packet);
        _count++;
    }

    private List<Held> Take(ulong key)
    {
        if (!_held.Remove(key, out var list))
        {
            return [];
        }

        _count -= list.Count;
        return list;
    }

    private sealed record Held(PacketHeld Packet, long SinceMs);
}
