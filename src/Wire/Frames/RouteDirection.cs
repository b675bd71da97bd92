using System.Diagnostics.CodeAnalysis;
using NTMobile.Wire.Identity;

namespace NTMobile.Wire.Frames;

/// <summary>What a node has to do when it is directed.</summary>
public enum DirectionRole : byte
{
    /// <summary>It asked: it sends the HandshakeInit.</summary>
    Initiator = 1,

    /// <summary>It is asked for: it opens its NAT and waits.</summary>
    Responder = 2,
}

/// <summary>DS to both nodes: who the peer is and where it may be reached.</summary>
/// <remarks>
/// <code>
///  0             4                   12     13
///  +-------------+-------------------+------+-----------+-------------+
///  | request (4) | rendezvous id (8) | role | peer name | device name | …
///  +-------------+-------------------+------+-----------+-------------+
///    +---------+-----------+------------+-------------------+------------+--------+-------+------------+-------+--------+
///  … | mapping | filtering | length (2) | sealed candidates | length (2) | bundle | count | relay slot | count | prekey |
///    +---------+-----------+------------+-------------------+------------+--------+-------+------------+-------+--------+
///  sealed candidates 0–1024 bytes, bundle 1–512 bytes, 0 or 1 relay slot, 0 or 1 prekey
/// </code>
/// </remarks>
/// <param name="Request">The <see cref="DirectionRequest"/>'s number; 0 to the responder.</param>
/// <param name="RendezvousId">Names the attempt, the same for both.</param>
/// <param name="Role">Initiator or responder.</param>
/// <param name="Peer">Name of the other node.</param>
/// <param name="Device">Name of the device wanted, in full.</param>
/// <param name="Mapping">The NAT before the peer.</param>
/// <param name="Filtering">The NAT before the peer.</param>
/// <param name="SealedCandidates">Where the peer may be reached, as it registered it.</param>
/// <param name="Bundle">The peer's node bundle (protocol.md §3); not checked here.</param>
/// <param name="RelaySlot">This node's leg of a slot, or null if there is no relay.</param>
/// <param name="Prekey">The responder's one-time key for this attempt, the same to both; null: it has none left.</param>
public sealed record RouteDirection(
    uint Request,
    ulong RendezvousId,
    DirectionRole Role,
    string Peer,
    string Device,
    NatMapping Mapping,
    NatFiltering Filtering,
    byte[] SealedCandidates,
    byte[] Bundle,
    RelaySlot? RelaySlot,
    Prekey? Prekey) : IFrame<RouteDirection>
{
    private const int MaxRelaySlots = 1;
    private const int MaxPrekeys = 1;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.RouteDirection;

    /// <inheritdoc/>
    public int BodyLength => 4 + 8 + 1 + WireLength.Of(Peer) + WireLength.Of(Device) + 1 + 1
        + 2 + SealedCandidates.Length + 2 + Bundle.Length + 1 + (RelaySlot?.Length ?? 0)
        + 1 + (Prekey is null ? 0 : Prekey.Size);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out RouteDirection frame)
    {
        var reader = new SpanReader(body).UInt32(out var request).UInt64(out var rendezvousId).Enum<DirectionRole>(out var role)
            .Name(out var peer).Name(out var device).Enum<NatMapping>(out var mapping).Enum<NatFiltering>(out var filtering);
        var good = reader.LongBytes(out var candidates, 0, RegistrationRequest.MaxSealedCandidatesLength)
            .LongBytes(out var bundle, 1, RegistrationRequest.MaxBundleLength)
            .List<RelaySlot>(Frames.RelaySlot.Read, out var slots, 0, MaxRelaySlots)
            .List<Prekey>(Identity.Prekey.Read, out var prekeys, 0, MaxPrekeys).AtEnd;
        frame = good
            ? new RouteDirection(request, rendezvousId, role, peer, device, mapping, filtering, candidates, bundle, slots.FirstOrDefault(), prekeys.FirstOrDefault())
            : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body)
    {
        RelaySlot[] slots = RelaySlot is null ? [] : [RelaySlot];
        Prekey[] prekeys = Prekey is null ? [] : [Prekey];
        new SpanWriter(body).UInt32(Request).UInt64(RendezvousId).Enum(Role)
            .Name(Peer).Name(Device).Enum(Mapping).Enum(Filtering)
            .LongBytes(SealedCandidates, 0, RegistrationRequest.MaxSealedCandidatesLength)
            .LongBytes(Bundle, 1, RegistrationRequest.MaxBundleLength)
            .List(Frames.RelaySlot.Write, slots, 0, MaxRelaySlots)
            .List(Identity.Prekey.Write, prekeys, 0, MaxPrekeys)
            .End();
    }
}
