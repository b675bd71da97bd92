namespace NTMobile.RouterCore.Sessions;

/// <summary>
/// A table that one thread writes and any number of others read without a lock. Keys and values lie in one array, probed one slot after
/// another, so that a look-up mostly costs one cache line of the table, whatever its size. A reader sees the latest value or the one before.
/// </summary>
/// <typeparam name="T">What is found.</typeparam>
internal sealed class PublishedTable<T>
    where T : class
{
    private const int FirstSlots = 64;
    private Slot[] _slots = new Slot[FirstSlots];
    private int _keys; // with a value or without: a key keeps its slot until the table is laid out anew

    /// <summary>How many values it holds. Writing thread only.</summary>
    public int Count { get; private set; }

    /// <summary>The value of a key; null: it has none. Any thread.</summary>
    public T? Find(ulong key)
    {
        var slots = Volatile.Read(ref _slots);
        ref var slot = ref SlotOf(slots, key);
        return slot.Key == key && key != 0 ? Volatile.Read(ref slot.Value) : null; // into an empty slot another key's value may be put just now
    }

    /// <summary>Gives a key a value, or none. Writing thread only.</summary>
    /// <param name="key">Not 0.</param>
    /// <param name="value">Null: none from now on.</param>
    public void Set(ulong key, T? value)
    {
        ArgumentOutOfRangeException.ThrowIfZero(key);
        ref var slot = ref SlotOf(_slots, key);
        if (slot.Key == key)
        {
            Count += (value is null ? 0 : 1) - (slot.Value is null ? 0 : 1);
            Volatile.Write(ref slot.Value, value);
        }
        else if (value is not null)
        {
            Add(key, value);
        }
    }

    private void Add(ulong key, T value)
    {
        if ((_keys + 1) * 4L > _slots.Length * 3L)
        {
            LayOut();
        }

        Put(_slots, key, value);
        _keys++;
        Count++;
    }

    // Half full at the most afterwards. Readers that are in the former array find there what was until now.
    private void LayOut()
    {
        var size = FirstSlots;
        while (size < (Count + 1) * 2)
        {
            size *= 2;
        }

        var fresh = new Slot[size];
        foreach (ref var slot in _slots.AsSpan())
        {
            if (slot.Value is { } value)
            {
                Put(fresh, slot.Key, value);
            }
        }

        _keys = Count;
        Volatile.Write(ref _slots, fresh);
    }

    // The key last: who finds it finds the value.
    private static void Put(Slot[] slots, ulong key, T value)
    {
        ref var slot = ref SlotOf(slots, key);
        slot.Value = value;
        Volatile.Write(ref slot.Key, key);
    }

    // The key's own slot, or the empty one behind its neighbours.
    private static ref Slot SlotOf(Slot[] slots, ulong key)
    {
        var at = (int)((key * 0x9E37_79B9_7F4A_7C15) >> 32);
        while (true)
        {
            ref var slot = ref slots[at & (slots.Length - 1)];
            var found = Volatile.Read(ref slot.Key);
            if (found == key || found == 0)
            {
                return ref slot;
            }

            at++;
        }
    }

    private struct Slot
    {
        public ulong Key; // 0: empty
        public T? Value;
    }
}
