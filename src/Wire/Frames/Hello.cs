using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>First frame of a handshake payload.</summary>
/// <remarks>
/// <code>
///  0         1        2       3
///  +---------+--------+-------+---------------------+
///  | version | suites | count | path ids (3 each) … |
///  +---------+--------+-------+---------------------+
///  version 1; suites: bit 0 AES-256-GCM, bit 1 ChaCha20-Poly1305, others zero; count 1–16; no path id is none or has an epoch
/// </code>
/// </remarks>
/// <param name="Suites">Ciphers offered by the initiator, or the one chosen by the responder.</param>
/// <param name="PathIds">The sender's receive path ids for direct paths.</param>
public sealed record Hello(CipherSuites Suites, PathId[] PathIds) : IFrame<Hello>
{
    private const byte Version = 1;
    private const byte AllSuites = (byte)(CipherSuites.Aes256Gcm | CipherSuites.ChaCha20Poly1305);

    /// <inheritdoc/>
    public static FrameType Type => FrameType.Hello;

    /// <inheritdoc/>
    public int BodyLength => 2 + PathIdGrant.LengthOf(PathIds);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out Hello frame)
    {
        var reader = new SpanReader(body).Byte(out _, Version, Version).Byte(out var suites, 1, AllSuites);
        var good = PathIdGrant.ReadList(reader, out var pathIds).AtEnd;
        frame = good ? new Hello((CipherSuites)suites, pathIds) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) =>
        PathIdGrant.WriteList(new SpanWriter(body).Byte(Version).Byte((byte)Suites, 1, AllSuites), PathIds).End();
}
