using System.Buffers.Binary;

namespace NTMobile.Wire.Frames;

/// <summary>Writes frames, one after another, to a buffer of the caller's (protocol.md §2).</summary>
/// <remarks>
/// <code>
///  0        1               3
///  +--------+---------------+----------------+
///  | type   | length (2)    | body           |
///  +--------+---------------+----------------+
/// </code>
/// </remarks>
/// <param name="buffer">Where the frames go.</param>
public ref struct FrameWriter(Span<byte> buffer)
{
    /// <summary>Bytes before the body.</summary>
    public const int HeaderSize = 3;

    internal const int LengthAt = 1;

    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes written.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    /// <summary>Bytes that a frame takes, type and length included.</summary>
    public static int SizeOf<T>(in T frame)
        where T : IFrame<T> => HeaderSize + frame.BodyLength;

    /// <summary>Appends a frame.</summary>
    /// <returns>False, and nothing is written, if it does not fit.</returns>
    /// <exception cref="ArgumentException">A field of the frame is out of its range.</exception>
    public bool TryAppend<T>(in T frame)
        where T : IFrame<T>
    {
        var size = SizeOf(in frame);
        if (size > _buffer.Length - Length)
        {
            return false;
        }

        Write(_buffer.Slice(Length, size), in frame);
        Length += size;
        return true;
    }

    internal static void Write<T>(Span<byte> destination, in T frame)
        where T : IFrame<T>
    {
        var body = destination[HeaderSize..];
        if (body.Length > ushort.MaxValue)
        {
            throw new ArgumentException($"A body of {body.Length} bytes is too long.", nameof(frame));
        }

        destination[0] = (byte)T.Type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[LengthAt..], (ushort)body.Length);
        frame.WriteBody(body);
    }
}
