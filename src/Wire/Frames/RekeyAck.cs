using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>Session responder: completes a <see cref="Frames.Rekey"/>.</summary>
/// <remarks>
/// <code>
///  0            1          33
///  +------------+----------+
///  | epoch (1)  | key (32) |
///  +------------+----------+
/// </code>
/// </remarks>
/// <param name="Epoch">The Rekey's epoch.</param>
/// <param name="PublicKey">The responder's ephemeral X25519 key, 32 bytes.</param>
public sealed record RekeyAck(byte Epoch, byte[] PublicKey) : IFrame<RekeyAck>
{
    private const int KeySize = 32;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.RekeyAck;

    /// <inheritdoc/>
    public int BodyLength => 1 + KeySize;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out RekeyAck frame)
    {
        var good = new SpanReader(body).Byte(out var epoch).Array(KeySize, out var key).AtEnd;
        frame = good ? new RekeyAck(epoch, key) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).Byte(Epoch).Bytes(PublicKey, KeySize, KeySize).End();
}
