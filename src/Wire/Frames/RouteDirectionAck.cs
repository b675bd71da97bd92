namespace NTMobile.Wire.Frames;

/// <summary>Responder to DS: the <see cref="RouteDirection"/> has arrived.</summary>
/// <remarks>
/// <code>
///  0                   8
///  +-------------------+
///  | rendezvous id (8) |
///  +-------------------+
/// </code>
/// </remarks>
/// <param name="RendezvousId">The attempt.</param>
public readonly record struct RouteDirectionAck(ulong RendezvousId) : IFrame<RouteDirectionAck>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.RouteDirectionAck;

    /// <inheritdoc/>
    public int BodyLength => 8;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out RouteDirectionAck frame)
    {
        var good = new SpanReader(body).UInt64(out var rendezvousId).AtEnd;
        frame = good ? new RouteDirectionAck(rendezvousId) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt64(RendezvousId).End();
}
