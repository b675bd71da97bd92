namespace NTMobile.Wire.Frames;

/// <summary>Why the DS gives no direction.</summary>
public enum DirectionRefusalReason : byte
{
    /// <summary>No such name.</summary>
    NoSuchName = 1,

    /// <summary>The name exists, its node is not registered now.</summary>
    NotRegistered = 2,

    /// <summary>Too many requests.</summary>
    TooManyRequests = 3,

    /// <summary>The asker may not have it.</summary>
    NotForYou = 4,
}

/// <summary>DS to node: there is no direction.</summary>
/// <remarks>
/// <code>
///  0             4        5
///  +-------------+--------+
///  | request (4) | reason |
///  +-------------+--------+
/// </code>
/// </remarks>
/// <param name="Request">The <see cref="DirectionRequest"/>'s number.</param>
/// <param name="Reason">Why.</param>
public readonly record struct DirectionRefusal(uint Request, DirectionRefusalReason Reason) : IFrame<DirectionRefusal>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.DirectionRefusal;

    /// <inheritdoc/>
    public int BodyLength => 4 + 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out DirectionRefusal frame)
    {
        var good = new SpanReader(body).UInt32(out var request).Enum<DirectionRefusalReason>(out var reason).AtEnd;
        frame = good ? new DirectionRefusal(request, reason) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Request).Enum(Reason).End();
}
