using System.Runtime.InteropServices;

namespace NTMobile.Packets;

/// <summary>
/// Memory outside the managed heap, for bytes that the kernel reads and writes by address. Its owner disposes it; spans and
/// pointers into it are loans that end with it. A forgotten one is freed by the finalizer.
/// </summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    private const nuint CacheLine = 64;

    private void* _allocated;
    private byte* _memory;

    /// <summary>Allocates zeroed memory that begins at a cache line. Big buffers take no memory before they are touched.</summary>
    /// <param name="length">Bytes, at least one.</param>
    public NativeBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        _allocated = NativeMemory.AllocZeroed((nuint)length + CacheLine);
        _memory = (byte*)(((nuint)_allocated + CacheLine - 1) & ~(CacheLine - 1));
    }

    /// <summary>Frees what the owner forgot.</summary>
    ~NativeBuffer() => Free();

    /// <summary>Bytes.</summary>
    public int Length { get; }

    /// <summary>All of the memory.</summary>
    /// <exception cref="ObjectDisposedException">After <see cref="Dispose"/>.</exception>
    public Span<byte> Span => new(Pointer, Length);

    /// <summary>Address of the first byte.</summary>
    /// <exception cref="ObjectDisposedException">After <see cref="Dispose"/>.</exception>
    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory == null, this);
            return _memory;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_allocated);
        _allocated = null;
        _memory = null;
    }
}
