using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NTMobile.Security.Session;

/// <summary>
/// Native memory for keys of one size, cut out of slabs. Ten thousand sessions hold as many pairs of keys: as pinned arrays they cost the
/// collector a search at every allocation, and lie apart from one another. A slot is erased when it comes back, and is given out again after
/// all others that were free then. Slabs are kept, so the most that was ever in use stays reserved.
/// </summary>
internal sealed unsafe class KeySlots
{
    /// <summary>Largest key, in bytes.</summary>
    public const int Largest = 1024;

    private const int Smallest = 64; // a cache line, which all slots are aligned to
    private const int FirstSlab = 64 << 10;
    private const int Slab = 2 << 20; // a huge page of x86-64 and of arm64 with pages of 4 KiB
    private static readonly KeySlots[] Sizes = [new(64), new(128), new(256), new(512), new(Largest)];
    private readonly Lock _lock = new();
    private readonly int _size;
    private Free* _longestFree;
    private Free* _lastFreed;
    private byte* _unused; // the rest of the newest slab
    private byte* _end;
    private int _inUse;

    private KeySlots(int size) => _size = size;

    /// <summary>Bytes of all slots that are in use.</summary>
    public static long BytesInUse => Sizes.Sum(static s => (long)Volatile.Read(ref s._inUse) * s._size);

    /// <summary>Where keys of so many bytes lie.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="Largest"/>, or none.</exception>
    public static KeySlots For(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Largest);
        return Sizes[BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(bytes, Smallest)) / Smallest)];
    }

    /// <summary>A slot of zeros, aligned to a cache line.</summary>
    public byte* Rent()
    {
        lock (_lock)
        {
            _inUse++;
            return _longestFree != null ? TakeFree() : TakeUnused();
        }
    }

    /// <summary>Erases a slot and takes it back.</summary>
    public void Return(byte* slot)
    {
        CryptographicOperations.ZeroMemory(new Span<byte>(slot, _size));
        var free = (Free*)slot;
        lock (_lock)
        {
            _inUse--;
            if (_longestFree == null)
            {
                _longestFree = free;
            }
            else
            {
                _lastFreed->Next = free;
            }

            _lastFreed = free;
        }
    }

    private byte* TakeFree()
    {
        var slot = _longestFree;
        _longestFree = slot->Next;
        slot->Next = null;
        return (byte*)slot;
    }

    private byte* TakeUnused()
    {
        if (_unused == _end)
        {
            var bytes = _end == null ? FirstSlab : Slab;
            _unused = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, (nuint)bytes);
            _end = _unused + bytes;
        }

        var slot = _unused;
        _unused += _size;
        new Span<byte>(slot, _size).Clear();
        return slot;
    }

    // What stands in a free slot; all else in it is zero.
    private struct Free
    {
        public Free* Next;
    }
}
