using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace NTMobile.Security.Session;

/// <summary>Memory for a key: aligned, never moved or copied by the collector, erased on request or when it is no longer
/// reachable.</summary>
internal sealed unsafe class KeyMemory : IDisposable
{
    private const int Alignment = 64; // a cache line

    private readonly byte[] _bytes;
    private readonly byte* _pointer;
    private volatile bool _erased;

    public KeyMemory(int size)
    {
        _bytes = GC.AllocateArray<byte>(size + Alignment - 1, pinned: true);
        _pointer = (byte*)(((nint)Unsafe.AsPointer(ref _bytes[0]) + Alignment - 1) & -Alignment);
    }

    public KeyMemory(ReadOnlySpan<byte> key)
        : this(key.Length) => key.CopyTo(new Span<byte>(_pointer, key.Length));

    ~KeyMemory() => CryptographicOperations.ZeroMemory(_bytes);

    /// <summary>The first byte. The user keeps this object alive (<see cref="GC.KeepAlive"/>) while it uses the pointer.</summary>
    /// <exception cref="ObjectDisposedException">It was erased.</exception>
    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_erased, this);
            return _pointer;
        }
    }

    public void Dispose()
    {
        _erased = true;
        CryptographicOperations.ZeroMemory(_bytes);
        GC.SuppressFinalize(this);
    }
}
