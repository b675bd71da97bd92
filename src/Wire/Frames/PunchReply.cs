using NTMobile.Packets;

namespace NTMobile.Wire.Frames;

/// <summary>Answers a <see cref="PunchPlan"/>: from where the peer will punch.</summary>
/// <remarks>
/// <code>
///  0                    8              9
///  +--------------------+--------------+--------------------+
///  | rendezvous id (8)  | forecast (1) | endpoint (7 or 19) |
///  +--------------------+--------------+--------------------+
/// </code>
/// </remarks>
/// <param name="RendezvousId">The plan's.</param>
/// <param name="Forecast">None: it will not, since the chance is too small.</param>
/// <param name="At">Where the peer is seen: the port named is fixed, or the next.</param>
public readonly record struct PunchReply(ulong RendezvousId, PortForecast Forecast, Endpoint At) : IFrame<PunchReply>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.PunchReply;

    /// <inheritdoc/>
    public int BodyLength => 9 + WireLength.Of(At);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out PunchReply frame)
    {
        var good = new SpanReader(body).UInt64(out var rendezvous).Enum(out PortForecast forecast).Endpoint(out var at).AtEnd;
        frame = good ? new PunchReply(rendezvous, forecast, at) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt64(RendezvousId).Enum(Forecast).Endpoint(At).End();
}
