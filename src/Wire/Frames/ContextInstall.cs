using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>Names two devices by a number, so that packets between them carry no addresses.</summary>
/// <remarks>
/// <code>
///  0             2
///  +-------------+--------------+---------------+------------+
///  | context (2) | from label   | from IPv4 (4) | to label   |
///  +-------------+--------------+---------------+------------+
/// </code>
/// </remarks>
/// <param name="Context">The number, chosen by the sender.</param>
/// <param name="FromDevice">Label of the sender's device.</param>
/// <param name="FromAddress">IPv4 address of the sender's device on its own LAN; 192.0.2.1 is 0xC0000201.</param>
/// <param name="ToDevice">Label of the receiver's device.</param>
public sealed record ContextInstall(ushort Context, string FromDevice, uint FromAddress, string ToDevice) : IFrame<ContextInstall>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.ContextInstall;

    /// <inheritdoc/>
    public int BodyLength => 2 + WireLength.Of(FromDevice) + 4 + WireLength.Of(ToDevice);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out ContextInstall frame)
    {
        var good = new SpanReader(body).UInt16(out var context).Label(out var from).UInt32(out var address).Label(out var to).AtEnd;
        frame = good ? new ContextInstall(context, from, address, to) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) =>
        new SpanWriter(body).UInt16(Context).Label(FromDevice).UInt32(FromAddress).Label(ToDevice).End();
}
