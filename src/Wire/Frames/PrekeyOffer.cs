using System.Diagnostics.CodeAnalysis;
using NTMobile.Wire.Identity;

namespace NTMobile.Wire.Frames;

/// <summary>A registered node gives the DS one-time keys to hand out, in place of those that it gave before.</summary>
/// <remarks>
/// <code>
///  0            4       5
///  +------------+-------+---------------------+
///  | number (4) | count | prekeys (100 each) … |
///  +------------+-------+---------------------+
///  count 1–16
/// </code>
/// </remarks>
/// <param name="Number">Comes back in the <see cref="PrekeyOfferAck"/>.</param>
/// <param name="Prekeys">The keys.</param>
public sealed record PrekeyOffer(uint Number, Prekey[] Prekeys) : IFrame<PrekeyOffer>
{
    /// <summary>Most keys in one frame.</summary>
    public const int MaxCount = 16;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.PrekeyOffer;

    /// <inheritdoc/>
    public int BodyLength => 4 + 1 + (Prekeys.Length * Prekey.Size);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out PrekeyOffer frame)
    {
        var good = new SpanReader(body).UInt32(out var number).List<Prekey>(Prekey.Read, out var prekeys, 1, MaxCount).AtEnd;
        frame = good ? new PrekeyOffer(number, prekeys) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Number).List(Prekey.Write, Prekeys, 1, MaxCount).End();
}
