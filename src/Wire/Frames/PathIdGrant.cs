using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>Gives the peer more path ids, for its next moves.</summary>
/// <remarks>
/// <code>
///  0            4       5
///  +------------+-------+---------------------+
///  | number (4) | count | path ids (3 each) … |
///  +------------+-------+---------------------+
///  count 1–16; no path id is none or has an epoch
/// </code>
/// </remarks>
/// <param name="Number">Comes back in the <see cref="PathIdGrantAck"/>.</param>
/// <param name="PathIds">Receive path ids of the sender.</param>
public sealed record PathIdGrant(uint Number, PathId[] PathIds) : IFrame<PathIdGrant>
{
    /// <summary>Most path ids in one frame.</summary>
    public const int MaxCount = 16;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.PathIdGrant;

    /// <inheritdoc/>
    public int BodyLength => 4 + LengthOf(PathIds);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out PathIdGrant frame)
    {
        var good = ReadList(new SpanReader(body).UInt32(out var number), out var pathIds).AtEnd;
        frame = good ? new PathIdGrant(number, pathIds) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => WriteList(new SpanWriter(body).UInt32(Number), PathIds).End();

    internal static int LengthOf(PathId[] pathIds) => 1 + (pathIds.Length * PathId.Size);

    internal static SpanReader ReadList(SpanReader reader, out PathId[] pathIds) =>
        reader.List(static (SpanReader item, out PathId pathId) => item.PathId(out pathId), out pathIds, 1, MaxCount);

    internal static SpanWriter WriteList(SpanWriter writer, PathId[] pathIds) =>
        writer.List(static (item, pathId) => item.PathId(pathId), pathIds, 1, MaxCount);
}
