using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>DS to RS: the key with which the DS signs slot passes.</summary>
/// <remarks>
/// <code>
///  0            4          36
///  +------------+----------+
///  | key id (4) | key (32) |
///  +------------+----------+
/// </code>
/// </remarks>
/// <param name="KeyId">The key's number.</param>
/// <param name="Key">HMAC-SHA256 key, 32 bytes.</param>
public sealed record RelayKey(uint KeyId, byte[] Key) : IFrame<RelayKey>
{
    private const int KeySize = 32;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.RelayKey;

    /// <inheritdoc/>
    public int BodyLength => 4 + KeySize;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out RelayKey frame)
    {
        var good = new SpanReader(body).UInt32(out var keyId).Array(KeySize, out var key).AtEnd;
        frame = good ? new RelayKey(keyId, key) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(KeyId).Bytes(Key, KeySize, KeySize).End();
}
