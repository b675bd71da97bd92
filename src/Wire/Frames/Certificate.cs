using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>Handshake with a server: the sender's certificate by the provider.</summary>
/// <remarks>
/// <code>
///  0
///  +-------------------------------+
///  | X.509 DER to the end (1–1200) |
///  +-------------------------------+
/// </code>
/// </remarks>
/// <param name="Der">The certificate; not checked here.</param>
public sealed record Certificate(byte[] Der) : IFrame<Certificate>
{
    private const int MaxLength = HandshakeDatagram.MaxMessageSize;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.Certificate;

    /// <inheritdoc/>
    public int BodyLength => Der.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out Certificate frame)
    {
        var good = new SpanReader(body).Rest(1, MaxLength, out var bytes).AtEnd;
        frame = good ? new Certificate(bytes) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).Bytes(Der, 1, MaxLength).End();
}
