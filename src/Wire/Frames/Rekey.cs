using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>Session initiator: a new key exchange.</summary>
/// <remarks>
/// <code>
///  0            1          33
///  +------------+----------+
///  | epoch (1)  | key (32) |
///  +------------+----------+
/// </code>
/// </remarks>
/// <param name="Epoch">Number of the new epoch, modulo 256.</param>
/// <param name="PublicKey">The initiator's ephemeral X25519 key, 32 bytes.</param>
public sealed record Rekey(byte Epoch, byte[] PublicKey) : IFrame<Rekey>
{
    private const int KeySize = 32;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.Rekey;

    /// <inheritdoc/>
    public int BodyLength => 1 + KeySize;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out Rekey frame)
    {
        var good = new SpanReader(body).Byte(out var epoch).Array(KeySize, out var key).AtEnd;
        frame = good ? new Rekey(epoch, key) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).Byte(Epoch).Bytes(PublicKey, KeySize, KeySize).End();
}
