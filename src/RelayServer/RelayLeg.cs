using NTMobile.Wire;

namespace NTMobile.RelayServer;

/// <summary>One end of a slot: a node and the two path ids that it chose.</summary>
internal sealed class RelayLeg(RelaySlotState slot, RelayNode node, RelayJoinTerms terms)
{
    private const int MaxKept = 1280; // bytes; what is longer is forwarded but not kept

    public RelaySlotState Slot => slot;

    public RelayNode Node => node;

    /// <summary>The pass and path ids with which it joined last.</summary>
    public RelayJoinTerms Terms { get; set; } = terms;

    /// <summary>The other leg, or null.</summary>
    public RelayLeg? Partner => slot.Legs[1 - Terms.Pass.Leg];

    /// <summary>When the leg joined or sent something, in ms.</summary>
    public long LastUsed { get; set; }

    /// <summary>Datagrams that came from this leg and were forwarded.</summary>
    public long Packets { get; set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; set; }

    /// <summary>The last HandshakeInit and the last Locator that came from this leg, for a partner that joins late or moves.</summary>
    public byte[]? Handshake { get; private set; }

    /// <inheritdoc cref="Handshake"/>
    public byte[]? Locator { get; private set; }

    /// <summary>Keeps the last one that is of a kind to be kept.</summary>
    public void Keep(DatagramType type, Alike datagrams)
    {
        if (type is not (DatagramType.HandshakeInit or DatagramType.Locator))
        {
            return;
        }

        foreach (Span<byte> datagram in datagrams)
        {
            if (datagram.Length <= MaxKept)
            {
                Keep(type, datagram);
            }
        }
    }

    private void Keep(DatagramType type, Span<byte> datagram)
    {
        if (type == DatagramType.HandshakeInit)
        {
            Handshake = Copy(Handshake, datagram);
        }
        else
        {
            Locator = Copy(Locator, datagram);
        }
    }

    private static byte[] Copy(byte[]? former, ReadOnlySpan<byte> datagram)
    {
        byte[] kept = former?.Length == datagram.Length ? former : new byte[datagram.Length];
        datagram.CopyTo(kept);
        return kept;
    }
}

/// <summary>What a RelayJoin asked for.</summary>
/// <param name="Pass">The DS's pass.</param>
/// <param name="Send">Path id on datagrams from the leg's node: names the leg.</param>
/// <param name="Receive">Path id on datagrams to the leg's node.</param>
internal readonly record struct RelayJoinTerms(Wire.Frames.SlotPass Pass, PathId Send, PathId Receive);

/// <summary>A slot: two legs, joined by a pass each.</summary>
internal sealed class RelaySlotState(ulong id)
{
    public ulong Id => id;

    public RelayLeg?[] Legs { get; } = new RelayLeg?[2];

    /// <summary>Last authenticated sign of either leg's node, in ms.</summary>
    public long LastHeard => Math.Max(Legs[0]?.Node.LastHeard ?? long.MinValue, Legs[1]?.Node.LastHeard ?? long.MinValue);

    /// <summary>When either leg joined or sent something, in ms.</summary>
    public long LastUsed => Math.Max(Legs[0]?.LastUsed ?? long.MinValue, Legs[1]?.LastUsed ?? long.MinValue);
}
