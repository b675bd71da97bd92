using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>DS to node: the device of a virtual IPv6 address. The node computes the address of the name and believes no other.</summary>
/// <remarks>
/// <code>
///  0             4       5
///  +-------------+-------+--------------------+
///  | request (4) | count | name in full, or … |
///  +-------------+-------+--------------------+
///  count 0 or 1; 0: it is no registered device's
/// </code>
/// </remarks>
/// <param name="Request">The <see cref="DeviceNameRequest"/>'s number.</param>
/// <param name="Name">The device's name in full; null: it is no registered device's.</param>
public sealed record DeviceName(uint Request, string? Name) : IFrame<DeviceName>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.DeviceName;

    /// <inheritdoc/>
    public int BodyLength => 4 + 1 + (Name is null ? 0 : WireLength.Of(Name));

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out DeviceName frame)
    {
        var good = new SpanReader(body).UInt32(out var request)
            .List(static (SpanReader item, out string name) => item.Name(out name), out var names, 0, 1).AtEnd;
        frame = good ? new DeviceName(request, names.FirstOrDefault()) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) =>
        new SpanWriter(body).UInt32(Request).List<string>(static (item, name) => item.Name(name), Name is null ? [] : [Name], 0, 1).End();
}
