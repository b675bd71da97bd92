namespace NTMobile.Wire.Frames;

/// <summary>A relay and the pass to one leg of a slot there. On the wire: relay, slot pass.</summary>
/// <param name="Relay">Which relay.</param>
/// <param name="Pass">The pass.</param>
public sealed record RelaySlot(Relay Relay, SlotPass Pass)
{
    internal int Length => Relay.Length + SlotPass.Size;

    internal static SpanReader Read(SpanReader reader, out RelaySlot slot)
    {
        var next = SlotPass.Read(Relay.Read(reader, out var relay), out var pass);
        slot = new RelaySlot(relay, pass);
        return next;
    }

    internal static SpanWriter Write(SpanWriter writer, RelaySlot slot) => slot.Pass.Write(Relay.Write(writer, slot.Relay));
}
