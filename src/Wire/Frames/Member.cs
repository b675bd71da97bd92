using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>Handshake between nodes: the sender's certificate by the group.</summary>
/// <remarks>
/// <code>
///  0
///  +------------------------------------------+
///  | member certificate to the end (1–1200)   |
///  +------------------------------------------+
/// </code>
/// </remarks>
/// <param name="Bytes">A member certificate (protocol.md §3); not checked here.</param>
public sealed record Member(byte[] Bytes) : IFrame<Member>
{
    private const int MaxLength = HandshakeDatagram.MaxMessageSize;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.Member;

    /// <inheritdoc/>
    public int BodyLength => Bytes.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out Member frame)
    {
        var good = new SpanReader(body).Rest(1, MaxLength, out var bytes).AtEnd;
        frame = good ? new Member(bytes) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).Bytes(Bytes, 1, MaxLength).End();
}
