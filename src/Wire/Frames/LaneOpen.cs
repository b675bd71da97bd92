using NTMobile.Packets;

namespace NTMobile.Wire.Frames;

/// <summary>Gives one flow of a context a lane: a pair of ports between the two routers, the same place in both granted blocks.</summary>
/// <remarks>
/// <code>
///  0          4              5           6             8               10
///  +----------+--------------+-----------+-------------+---------------+---------------+
///  | flow (4) | protocol (1) | place (1) | context (2) | from port (2) | to port (2)   |
///  +----------+--------------+-----------+-------------+---------------+---------------+
/// </code>
/// </remarks>
/// <param name="Flow">The lane's number, of which its packets are proof; the session's initiator chooses even ones, the responder odd ones; not 0 or 1.</param>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="Place">Which port of both blocks, below <see cref="TranslationOffer.Ports"/>; even when the initiator opens it. 0 is the path's own.</param>
/// <param name="Context">The two devices.</param>
/// <param name="FromPort">The port of the sender's device.</param>
/// <param name="ToPort">The port of the receiver's device.</param>
public readonly record struct LaneOpen(uint Flow, byte Protocol, byte Place, ushort Context, ushort FromPort, ushort ToPort) : IFrame<LaneOpen>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.LaneOpen;

    /// <inheritdoc/>
    public int BodyLength => 12;

    private bool IsInRange => Flow > 1 && Protocol is IpProtocol.Tcp or IpProtocol.Udp && Place is > 0 and < TranslationOffer.Ports && (Flow & 1) == (Place & 1);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out LaneOpen frame)
    {
        var whole = new SpanReader(body).UInt32(out var flow).Byte(out var protocol).Byte(out var place).UInt16(out var context)
            .UInt16(out var from).UInt16(out var to).AtEnd;
        frame = new LaneOpen(flow, protocol, place, context, from, to);
        if (!whole || !frame.IsInRange)
        {
            frame = default;
            return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body)
    {
        if (!IsInRange)
        {
            throw new ArgumentException("The message cannot be written: a field is out of its range.");
        }

        new SpanWriter(body).UInt32(Flow).Byte(Protocol).Byte(Place).UInt16(Context).UInt16(FromPort).UInt16(ToPort).End();
    }
}
