using NTMobile.Packets;

namespace NTMobile.Wire.Frames;

/// <summary>Answers a <see cref="PathChallenge"/>, on the same path.</summary>
/// <remarks>
/// <code>
///  0            8
///  +------------+--------------------+
///  | nonce (8)  | endpoint (7 or 19) |
///  +------------+--------------------+
/// </code>
/// </remarks>
/// <param name="Nonce">The challenge's nonce.</param>
/// <param name="Seen">The endpoint from which the challenge was seen.</param>
public readonly record struct PathResponse(ulong Nonce, Endpoint Seen) : IFrame<PathResponse>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.PathResponse;

    /// <inheritdoc/>
    public int BodyLength => 8 + WireLength.Of(Seen);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out PathResponse frame)
    {
        var good = new SpanReader(body).UInt64(out var nonce).Endpoint(out var seen).AtEnd;
        frame = good ? new PathResponse(nonce, seen) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt64(Nonce).Endpoint(Seen).End();
}
