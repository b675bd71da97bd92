namespace NTMobile.Wire.Frames;

/// <summary>Answers a <see cref="ContextInstall"/>: the context stands.</summary>
/// <remarks>
/// <code>
///  0             2             6
///  +-------------+-------------+
///  | context (2) | to IPv4 (4) |
///  +-------------+-------------+
/// </code>
/// </remarks>
/// <param name="Context">The context's number.</param>
/// <param name="ToAddress">IPv4 address of the receiver's device on its own LAN; 192.0.2.1 is 0xC0000201.</param>
public readonly record struct ContextAccept(ushort Context, uint ToAddress) : IFrame<ContextAccept>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.ContextAccept;

    /// <inheritdoc/>
    public int BodyLength => 2 + 4;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out ContextAccept frame)
    {
        var good = new SpanReader(body).UInt16(out var context).UInt32(out var address).AtEnd;
        frame = good ? new ContextAccept(context, address) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt16(Context).UInt32(ToAddress).End();
}
