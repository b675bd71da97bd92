namespace NTMobile.Wire.Frames;

/// <summary>Why an RS does not take packets for ordinary hosts.</summary>
public enum EgressRefusedReason : byte
{
    /// <summary>This RS does it for nobody.</summary>
    NotOffered = 1,
}

/// <summary>RS to node: not through this RS.</summary>
/// <remarks>
/// <code>
///  0             4        5
///  +-------------+--------+
///  | request (4) | reason |
///  +-------------+--------+
/// </code>
/// </remarks>
/// <param name="Request">The <see cref="EgressRequest"/>'s number.</param>
/// <param name="Reason">Why.</param>
public readonly record struct EgressRefused(uint Request, EgressRefusedReason Reason) : IFrame<EgressRefused>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.EgressRefused;

    /// <inheritdoc/>
    public int BodyLength => 4 + 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out EgressRefused frame)
    {
        var good = new SpanReader(body).UInt32(out var request).Enum<EgressRefusedReason>(out var reason).AtEnd;
        frame = good ? new EgressRefused(request, reason) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Request).Enum(Reason).End();
}
