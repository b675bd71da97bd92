namespace NTMobile.Security.Session;

/// <summary>Memory for a key: aligned to a cache line, out of the collector's reach, erased on request or when it is no longer
/// reachable.</summary>
internal sealed unsafe class KeyMemory : IDisposable
{
    private readonly KeySlots _slots;
    private nint _slot; // 0: erased

    /// <summary>Memory of zeros.</summary>
    /// <param name="size">1 to <see cref="KeySlots.Largest"/> bytes.</param>
    public KeyMemory(int size)
    {
        _slots = KeySlots.For(size);
        _slot = (nint)_slots.Rent();
    }

    public KeyMemory(ReadOnlySpan<byte> key)
        : this(key.Length) => key.CopyTo(new Span<byte>(Pointer, key.Length));

    ~KeyMemory() => Erase();

    /// <summary>The first byte. The user keeps this object alive (<see cref="GC.KeepAlive"/>) while it uses the pointer.</summary>
    /// <exception cref="ObjectDisposedException">It was erased.</exception>
    public byte* Pointer
    {
        get
        {
            var slot = Volatile.Read(ref _slot);
            ObjectDisposedException.ThrowIf(slot == 0, this);
            return (byte*)slot;
        }
    }

    public void Dispose()
    {
        Erase();
        GC.SuppressFinalize(this);
    }

    // Once: the slot may be another key's by then.
    private void Erase()
    {
        var slot = Interlocked.Exchange(ref _slot, 0);
        if (slot != 0)
        {
            _slots.Return((byte*)slot);
        }
    }
}
