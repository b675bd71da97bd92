using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>DS to node: which of its <see cref="PublishedNames"/> are answered.</summary>
/// <remarks>
/// <code>
///  0             4       5
///  +-------------+-------+------------------+
///  | request (4) | count | answered (1) …   |
///  +-------------+-------+------------------+
///  0–16 names in their order: 1, or 0: no RS of this DS publishes at the address
/// </code>
/// </remarks>
/// <param name="Request">The <see cref="PublishedNames"/>' number.</param>
/// <param name="Answered">One for each name.</param>
public sealed record PublishedNamesAck(uint Request, bool[] Answered) : IFrame<PublishedNamesAck>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.PublishedNamesAck;

    /// <inheritdoc/>
    public int BodyLength => 4 + 1 + Answered.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out PublishedNamesAck frame)
    {
        var good = new SpanReader(body).UInt32(out var request)
            .List(static (SpanReader item, out bool answered) => item.Bool(out answered), out var answered, 0, PublishRequest.MaxDevices).AtEnd;
        frame = good ? new PublishedNamesAck(request, answered) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) =>
        new SpanWriter(body).UInt32(Request).List(static (item, answered) => item.Bool(answered), Answered, 0, PublishRequest.MaxDevices).End();
}
