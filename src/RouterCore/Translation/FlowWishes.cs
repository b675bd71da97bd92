namespace NTMobile.RouterCore.Translation;

/// <summary>
/// Which flows of a packet loop send so much that a lane of their own pays. Two flows that share a slot keep each other from being counted, and go by
/// tunnel meanwhile. One loop only.
/// </summary>
internal sealed class FlowWishes
{
    private const int SlotBits = 9;

    // A question and its answer are over before a lane would be open.
    private const int EnoughPackets = 4;
    private const uint AgainSeconds = 3;
    private readonly Slot[] _slots = new Slot[1 << SlotBits];

    /// <summary>Notes a packet that could go translated if its flow had a lane.</summary>
    /// <param name="context">Its context.</param>
    /// <param name="key">Its flow.</param>
    /// <param name="second">Time in seconds from any start.</param>
    /// <returns>Whether to ask for a lane now.</returns>
    public bool Note(FlowContext context, ulong key, uint second)
    {
        ref var slot = ref _slots[(int)((key * 0x9E37_79B9_7F4A_7C15) >> (64 - SlotBits))];
        if (slot.Key != key || slot.Context != context)
        {
            slot = new Slot { Context = context, Key = key };
        }

        if (second < slot.NotBefore || ++slot.Packets < EnoughPackets)
        {
            return false;
        }

        slot.Packets = 0;
        slot.NotBefore = second + AgainSeconds;
        return true;
    }

    private struct Slot
    {
        public FlowContext? Context;
        public ulong Key;
        public uint NotBefore;
        public int Packets;
    }
}
