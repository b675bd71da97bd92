using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>One frame: its body's reader and writer. Type and length before the body are written by <see cref="FrameWriter"/>.</summary>
/// <typeparam name="TSelf">The frame itself.</typeparam>
public interface IFrame<TSelf>
    where TSelf : IFrame<TSelf>
{
    /// <summary>First byte of the frame.</summary>
    static abstract FrameType Type { get; }

    /// <summary>Bytes of the body, 0–65535.</summary>
    int BodyLength { get; }

    /// <summary>Reads a body. Nothing of <paramref name="body"/> is kept.</summary>
    /// <returns>False if the body is too short, too long or has a field out of its range.</returns>
    static abstract bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out TSelf frame);

    /// <summary>Writes the body.</summary>
    /// <param name="body">Exactly <see cref="BodyLength"/> bytes.</param>
    /// <exception cref="ArgumentException">A field is out of its range, or the body has another length.</exception>
    void WriteBody(Span<byte> body);
}
