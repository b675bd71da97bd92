using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>What a node is ready to translate now, and the ports that it grants the peer for it. Both ends send one; where the modes are the same they agree.</summary>
/// <remarks>
/// <code>
///  0            4          8          9                 11
///  +------------+----------+----------+-----------------+------------+
///  | number (4) | seen (4) | mode (1) | first port (2)  | share (32) |
///  +------------+----------+----------+-----------------+------------+
/// </code>
/// </remarks>
/// <param name="Number">Not 0; a later offer has a higher one and takes its place.</param>
/// <param name="Seen">Number of the peer's offer that was seen last; 0: none yet.</param>
/// <param name="Mode">What the sender is ready to do.</param>
/// <param name="FirstPort">The first of <see cref="Ports"/> ports, of TCP and of UDP, at which it takes translated packets; 0 with <see cref="TranslationMode.Tunnel"/>.</param>
/// <param name="Share">32 random bytes: its half of the keys.</param>
public sealed record TranslationOffer(uint Number, uint Seen, TranslationMode Mode, ushort FirstPort, byte[] Share) : IFrame<TranslationOffer>
{
    /// <summary>Ports that an offer grants.</summary>
    public const int Ports = 128;

    /// <summary>Bytes of a share.</summary>
    public const int ShareSize = 32;

    private const int LowestPort = 1024;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.TranslationOffer;

    /// <inheritdoc/>
    public int BodyLength => 11 + ShareSize;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out TranslationOffer frame)
    {
        var good = new SpanReader(body).UInt32(out var number).UInt32(out var seen).Enum(out TranslationMode mode).UInt16(out var first)
            .Array(ShareSize, out var share).AtEnd && number != 0 && IsInRange(mode, first);
        frame = good ? new TranslationOffer(number, seen, mode, first, share) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body)
    {
        if (Number == 0 || !IsInRange(Mode, FirstPort))
        {
            throw new ArgumentException("The message cannot be written: number or ports are out of their range.");
        }

        new SpanWriter(body).UInt32(Number).UInt32(Seen).Enum(Mode).UInt16(FirstPort).Bytes(Share, ShareSize, ShareSize).End();
    }

    private static bool IsInRange(TranslationMode mode, ushort first) =>
        mode == TranslationMode.Tunnel ? first == 0 : first >= LowestPort && first <= ushort.MaxValue + 1 - Ports;
}
