namespace NTMobile.RelayServer;

/// <summary>The bounds of a relay server.</summary>
public sealed record RelayOptions
{
    /// <summary>Most slots at one time; a further join is refused.</summary>
    public int MaxSlots { get; init; } = 100_000;

    /// <summary>Most slots of one node; the idlest one gives way if it has been idle for <see cref="SlotLife"/>, else the join is refused.</summary>
    public int MaxSlotsPerNode { get; init; } = 256;

    /// <summary>How long a slot lives after the last authenticated sign of either leg's node.</summary>
    public TimeSpan SlotLife { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Keys of one DS that are valid at one time; the oldest gives way.</summary>
    public int KeysPerServer { get; init; } = 2;
}
