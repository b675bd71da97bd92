namespace NTMobile.Wire.Frames;

/// <summary>Why the relay refuses.</summary>
public enum RelayRefusedReason : byte
{
    /// <summary>The pass was not made by this DS, or with an old key.</summary>
    BadPass = 1,

    /// <summary>The pass is too old.</summary>
    Expired = 2,

    /// <summary>The send path is in use: choose another.</summary>
    PathIdTaken = 3,

    /// <summary>The relay has no room.</summary>
    Full = 4,
}

/// <summary>RS to node: no place in the slot.</summary>
/// <remarks>
/// <code>
///  0             4        5
///  +-------------+--------+
///  | request (4) | reason |
///  +-------------+--------+
/// </code>
/// </remarks>
/// <param name="Request">The <see cref="RelayJoin"/>'s number.</param>
/// <param name="Reason">Why.</param>
public readonly record struct RelayRefused(uint Request, RelayRefusedReason Reason) : IFrame<RelayRefused>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.RelayRefused;

    /// <inheritdoc/>
    public int BodyLength => 4 + 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out RelayRefused frame)
    {
        var good = new SpanReader(body).UInt32(out var request).Enum<RelayRefusedReason>(out var reason).AtEnd;
        frame = good ? new RelayRefused(request, reason) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Request).Enum(Reason).End();
}
