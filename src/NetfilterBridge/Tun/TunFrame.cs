using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NTMobile.Linux;
using NTMobile.Packets;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// A frame under construction: rebuilt headers of its own and slices of payload that lie elsewhere in native memory. The thread
/// that builds owns it; one is enough for all frames, one after the other.
/// </summary>
public sealed unsafe class TunFrame : IDisposable
{
    /// <summary>Slices that a frame can have.</summary>
    public const int MaximumSlices = 128;

    /// <summary>Bytes that a frame can have after the virtio header.</summary>
    public const int MaximumLength = 65535;

    /// <summary>Bytes that <see cref="Headers"/> has.</summary>
    public const int HeaderCapacity = 256;

    // The virtio header and the rebuilt headers are one vector: headers begin at a fixed place and the virtio header ends there.
    private const int HeadersAt = 64;

    private readonly NativeBuffer _memory = new(HeadersAt + HeaderCapacity + ((MaximumSlices + 1) * sizeof(iovec)));
    private int _slices;
    private int _payloadLength;

    /// <summary>Native memory for the IP and transport headers.</summary>
    public Span<byte> Headers => new(_memory.Pointer + HeadersAt, HeaderCapacity);

    /// <summary>Bytes of payload appended so far.</summary>
    public int PayloadLength => _payloadLength;

    internal int SliceCount => _slices;

    private iovec* Vectors => (iovec*)(_memory.Pointer + HeadersAt + HeaderCapacity);

    /// <summary>Forgets the slices. The headers' bytes stay.</summary>
    public void Clear() => (_slices, _payloadLength) = (0, 0);

    /// <summary>Appends a slice of payload. A slice that continues the last one in memory is joined to it.</summary>
    /// <param name="slice">In native (or pinned) memory that stays as it is until the frame is written.</param>
    /// <returns>False when the frame is full: write it first.</returns>
    public bool TryAppend(ReadOnlySpan<byte> slice)
    {
        if (slice.IsEmpty)
        {
            return true;
        }

        if (_payloadLength + slice.Length > MaximumLength - HeaderCapacity)
        {
            return false;
        }

        var start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(slice));
        ref var last = ref Vectors[_slices];
        if (_slices > 0 && (byte*)last.iov_base + last.iov_len == start)
        {
            last.iov_len += (nuint)slice.Length;
        }
        else if (_slices == MaximumSlices)
        {
            return false;
        }
        else
        {
            Vectors[++_slices] = new iovec { iov_base = start, iov_len = (nuint)slice.Length };
        }

        _payloadLength += slice.Length;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    // The vectors of the whole frame: first virtio header and headers, then the slices.
    internal ReadOnlySpan<iovec> Finish(in VirtioNetHeader virtio, int headerLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)headerLength, (uint)HeaderCapacity);
        var start = _memory.Pointer + HeadersAt - VirtioNetHeader.Length;
        *(VirtioNetHeader*)start = virtio;
        Vectors[0] = new iovec { iov_base = start, iov_len = (nuint)(VirtioNetHeader.Length + headerLength) };
        return new ReadOnlySpan<iovec>(Vectors, _slices + 1);
    }
}
