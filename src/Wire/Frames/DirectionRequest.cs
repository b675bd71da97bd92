using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>Node to DS: a device of mine wants to reach a device of this name.</summary>
/// <remarks>
/// <code>
///  0             4
///  +-------------+--------------------+
///  | request (4) | device name        |
///  +-------------+--------------------+
/// </code>
/// </remarks>
/// <param name="Request">Comes back in the <see cref="RouteDirection"/> or the <see cref="DirectionRefusal"/>.</param>
/// <param name="Device">The device's name in full.</param>
public sealed record DirectionRequest(uint Request, string Device) : IFrame<DirectionRequest>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.DirectionRequest;

    /// <inheritdoc/>
    public int BodyLength => 4 + WireLength.Of(Device);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out DirectionRequest frame)
    {
        var good = new SpanReader(body).UInt32(out var request).Name(out var device).AtEnd;
        frame = good ? new DirectionRequest(request, device) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Request).Name(Device).End();
}
