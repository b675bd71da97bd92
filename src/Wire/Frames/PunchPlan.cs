using NTMobile.Packets;

namespace NTMobile.Wire.Frames;

/// <summary>A node behind an endpoint-dependent NAT asks its peer to punch with it: by many sockets and many probes, or at ports foretold.</summary>
/// <remarks>
/// <code>
///  0                    8              9
///  +--------------------+--------------+--------------------+
///  | rendezvous id (8)  | forecast (1) | endpoint (7 or 19) |
///  +--------------------+--------------+--------------------+
/// </code>
/// </remarks>
/// <param name="RendezvousId">Random; stands in the Punch datagrams of this plan.</param>
/// <param name="Forecast">What the asker's next port will be: none or sequential.</param>
/// <param name="At">Its address as a server sees it, with the next port if that is foretold.</param>
public readonly record struct PunchPlan(ulong RendezvousId, PortForecast Forecast, Endpoint At) : IFrame<PunchPlan>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.PunchPlan;

    /// <inheritdoc/>
    public int BodyLength => 9 + WireLength.Of(At);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out PunchPlan frame)
    {
        var good = new SpanReader(body).UInt64(out var rendezvous).Enum(out PortForecast forecast).Endpoint(out var at).AtEnd && forecast != PortForecast.Fixed;
        frame = good ? new PunchPlan(rendezvous, forecast, at) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt64(RendezvousId).Enum(Forecast).Endpoint(At).End();
}
