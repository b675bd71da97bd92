using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>Tells the peer where the sender may be reached now.</summary>
/// <remarks>
/// <code>
///  0            4       5
///  +------------+-------+------------+
///  | number (4) | flags | candidates |
///  +------------+-------+------------+
///  flags: bit 0 my old addresses are closed, others zero; 0–16 candidates
/// </code>
/// </remarks>
/// <param name="Number">Comes back in the <see cref="LocatorAck"/>; a higher one takes the place of a lower one.</param>
/// <param name="OldClosed">The sender cannot be reached at its old addresses any more.</param>
/// <param name="Candidates">Where the sender may be reached.</param>
public sealed record LocatorUpdate(uint Number, bool OldClosed, Candidate[] Candidates) : IFrame<LocatorUpdate>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.LocatorUpdate;

    /// <inheritdoc/>
    public int BodyLength => 4 + 1 + Candidate.LengthOf(Candidates);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out LocatorUpdate frame)
    {
        var reader = new SpanReader(body).UInt32(out var number).Bool(out var oldClosed);
        var good = Candidate.ReadList(reader, out var candidates).AtEnd;
        frame = good ? new LocatorUpdate(number, oldClosed, candidates) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) =>
        Candidate.WriteList(new SpanWriter(body).UInt32(Number).Bool(OldClosed), Candidates).End();
}
