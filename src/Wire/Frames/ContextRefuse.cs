namespace NTMobile.Wire.Frames;

/// <summary>Why a context is refused.</summary>
public enum ContextRefuseReason : byte
{
    /// <summary>There is no such device.</summary>
    NoSuchDevice = 1,

    /// <summary>The owner does not share it.</summary>
    NotShared = 2,

    /// <summary>The context is not known (any more): install it again.</summary>
    UnknownContext = 3,

    /// <summary>There is no room for another context.</summary>
    Full = 4,
}

/// <summary>Answers a <see cref="ContextInstall"/>, or a packet of a context that is not known.</summary>
/// <remarks>
/// <code>
///  0             2        3
///  +-------------+--------+
///  | context (2) | reason |
///  +-------------+--------+
/// </code>
/// </remarks>
/// <param name="Context">The context's number.</param>
/// <param name="Reason">Why.</param>
public readonly record struct ContextRefuse(ushort Context, ContextRefuseReason Reason) : IFrame<ContextRefuse>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.ContextRefuse;

    /// <inheritdoc/>
    public int BodyLength => 2 + 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out ContextRefuse frame)
    {
        var good = new SpanReader(body).UInt16(out var context).Enum<ContextRefuseReason>(out var reason).AtEnd;
        frame = good ? new ContextRefuse(context, reason) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt16(Context).Enum(Reason).End();
}
