using System.Buffers.Binary;

namespace NTMobile.Wire.Frames;

/// <summary>Gives the frames of a datagram's content, one after another. Bodies are borrowed from the source.</summary>
/// <remarks>A frame of unknown type is given too; the caller passes over it.</remarks>
/// <param name="source">Frames.</param>
public ref struct FrameReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    /// <summary>Whether the source ended in the middle of a frame.</summary>
    public bool Malformed { get; private set; }

    /// <summary>Takes the next frame.</summary>
    /// <returns>False at the end, and when the rest is <see cref="Malformed"/>.</returns>
    public bool TryRead(out FrameType type, out ReadOnlySpan<byte> body)
    {
        type = default;
        body = default;
        if (_rest.IsEmpty || Malformed)
        {
            return false;
        }

        var end = _rest.Length < FrameWriter.HeaderSize
            ? int.MaxValue
            : FrameWriter.HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(_rest[FrameWriter.LengthAt..]);
        if (end > _rest.Length)
        {
            Malformed = true;
            return false;
        }

        type = (FrameType)_rest[0];
        body = _rest[FrameWriter.HeaderSize..end];
        _rest = _rest[end..];
        return true;
    }
}
