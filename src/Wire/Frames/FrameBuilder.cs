using System.Buffers;

namespace NTMobile.Wire.Frames;

/// <summary>Collects frames whose total length is not known before: a sequence that may have to be cut by <see cref="Chunker"/>.</summary>
public sealed class FrameBuilder
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Bytes collected; borrowed until the next <see cref="Append"/>.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>Appends a frame.</summary>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">A field of the frame is out of its range.</exception>
    public FrameBuilder Append<T>(in T frame)
        where T : IFrame<T>
    {
        var size = FrameWriter.SizeOf(in frame);
        FrameWriter.Write(_buffer.GetSpan(size)[..size], in frame);
        _buffer.Advance(size);
        return this;
    }

    /// <summary>A copy of the bytes collected.</summary>
    public byte[] ToArray() => Written.ToArray();
}
