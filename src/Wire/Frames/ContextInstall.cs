using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>Names two devices by a number, so that packets between them carry no addresses.</summary>
/// <remarks>
/// <code>
///  0             2
///  +-------------+--------------+---------------+------------+
///  | context (2) | from label   | IP version (1)| to label   |
///  +-------------+--------------+---------------+------------+
/// </code>
/// </remarks>
/// <param name="Context">The number, chosen by the sender.</param>
/// <param name="FromDevice">Label of the sender's device.</param>
/// <param name="IpVersion">4 or 6: what the two devices are to each other. A device that does not speak it is spoken to in the other.</param>
/// <param name="ToDevice">Label of the receiver's device.</param>
public sealed record ContextInstall(ushort Context, string FromDevice, byte IpVersion, string ToDevice) : IFrame<ContextInstall>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.ContextInstall;

    /// <inheritdoc/>
    public int BodyLength => 2 + WireLength.Of(FromDevice) + 1 + WireLength.Of(ToDevice);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out ContextInstall frame)
    {
        var good = new SpanReader(body).UInt16(out var context).Label(out var from).Byte(out var version).Label(out var to).AtEnd && version is 4 or 6;
        frame = good ? new ContextInstall(context, from, version, to) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) =>
        new SpanWriter(body).UInt16(Context).Label(FromDevice).Byte(IpVersion).Label(ToDevice).End();
}
