namespace NTMobile.Wire.Frames;

/// <summary>Why a session ends.</summary>
public enum CloseReason : byte
{
    /// <summary>The sender shuts down.</summary>
    ShuttingDown = 1,

    /// <summary>A newer session takes its place.</summary>
    Replaced = 2,

    /// <summary>The sender does not want it.</summary>
    Refused = 3,
}

/// <summary>Ends the session.</summary>
/// <remarks>
/// <code>
///  0        1
///  +--------+
///  | reason |
///  +--------+
/// </code>
/// </remarks>
/// <param name="Reason">Why.</param>
public readonly record struct Close(CloseReason Reason) : IFrame<Close>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.Close;

    /// <inheritdoc/>
    public int BodyLength => 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out Close frame)
    {
        var good = new SpanReader(body).Enum<CloseReason>(out var reason).AtEnd;
        frame = good ? new Close(reason) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).Enum(Reason).End();
}
