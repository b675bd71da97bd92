using System.Runtime.InteropServices;

namespace NTMobile.RouterCore.Translation;

/// <summary>
/// The flows of each pair of devices: one table for all contexts of the pair, in whatever session they are. A request may go out in one context
/// and its answer come in by another, and who waits for an answer sends nothing that would make the flow known there. Control loop only.
/// </summary>
internal sealed class FlowBook
{
    private readonly Dictionary<ulong, Entry> _pairs = [];

    /// <summary>How many pairs have a table.</summary>
    public int Count => _pairs.Count;

    /// <summary>Whether a device of this LAN has a table. Looks through all.</summary>
    public bool HasDevice(uint device) => _pairs.Keys.Any(key => (uint)(key >> 32) == device);

    /// <summary>The table of a pair, for one more context.</summary>
    public FlowTable Join(uint device, uint virtualAddress)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, FlowContext.OutboundKey(device, virtualAddress), out _);
        entry.Contexts++;
        return entry.Table ??= new FlowTable();
    }

    /// <summary>One of the contexts that joined is gone; with the last of them goes the table.</summary>
    public void Leave(FlowContext context)
    {
        var key = FlowContext.OutboundKey(context.Local.Address, context.Virtual);
        if (--CollectionsMarshal.GetValueRefOrNullRef(_pairs, key).Contexts == 0)
        {
            _pairs.Remove(key);
        }
    }

    private struct Entry
    {
        public FlowTable? Table;
        public int Contexts;
    }
}
