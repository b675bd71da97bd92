using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>A registered node asks the DS where ordinary hosts reach a device that its own LAN cannot reach through the tunnel.</summary>
/// <remarks>
/// <code>
///  0             4
///  +-------------+----------------+
///  | request (4) | name in full   |
///  +-------------+----------------+
/// </code>
/// </remarks>
/// <param name="Request">Comes back in the <see cref="PublishedAddress"/>.</param>
/// <param name="Device">The device's name in full.</param>
public sealed record PublishedAddressRequest(uint Request, string Device) : IFrame<PublishedAddressRequest>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.PublishedAddressRequest;

    /// <inheritdoc/>
    public int BodyLength => 4 + WireLength.Of(Device);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out PublishedAddressRequest frame)
    {
        var good = new SpanReader(body).UInt32(out var request).Name(out var device).AtEnd;
        frame = good ? new PublishedAddressRequest(request, device) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Request).Name(Device).End();
}
