namespace NTMobile.Wire.Frames;

/// <summary>Node to RS: join me to a leg of a slot.</summary>
/// <remarks>
/// <code>
///  0             4                41              44                 47
///  +-------------+----------------+---------------+------------------+
///  | request (4) | slot pass (37) | send path (3) | receive path (3) |
///  +-------------+----------------+---------------+------------------+
///  neither path is none or has an epoch
/// </code>
/// </remarks>
/// <param name="Request">Comes back in the <see cref="RelayJoined"/> or the <see cref="RelayRefused"/>.</param>
/// <param name="Pass">The DS's permission.</param>
/// <param name="Send">Path id that the node will put on datagrams for its partner: it names the leg at the relay.</param>
/// <param name="Receive">Path id that the node wants on datagrams from its partner.</param>
public readonly record struct RelayJoin(uint Request, SlotPass Pass, PathId Send, PathId Receive) : IFrame<RelayJoin>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.RelayJoin;

    /// <inheritdoc/>
    public int BodyLength => 4 + SlotPass.Size + PathId.Size + PathId.Size;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out RelayJoin frame)
    {
        var good = SlotPass.Read(new SpanReader(body).UInt32(out var request), out var pass).PathId(out var send).PathId(out var receive).AtEnd;
        frame = good ? new RelayJoin(request, pass, send, receive) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => Pass.Write(new SpanWriter(body).UInt32(Request)).PathId(Send).PathId(Receive).End();
}
