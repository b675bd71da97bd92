namespace NTMobile.Wire.Frames;

/// <summary>A registered node asks the DS whose a virtual IPv6 address is: a device of its LAN got it from a name server elsewhere.</summary>
/// <remarks>
/// <code>
///  0             4                20
///  +-------------+----------------+
///  | request (4) | address (16)   |
///  +-------------+----------------+
/// </code>
/// </remarks>
/// <param name="Request">Comes back in the <see cref="DeviceName"/>.</param>
/// <param name="Address">The address (docs/protocol.md §4).</param>
public readonly record struct DeviceNameRequest(uint Request, UInt128 Address) : IFrame<DeviceNameRequest>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.DeviceNameRequest;

    /// <inheritdoc/>
    public int BodyLength => 4 + 16;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out DeviceNameRequest frame)
    {
        var good = new SpanReader(body).UInt32(out var request).UInt128(out var address).AtEnd;
        frame = good ? new DeviceNameRequest(request, address) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Request).UInt128(Address).End();
}
