namespace NTMobile.RouterCore;

/// <summary>
/// Who of the control path wants to be called when: a binary heap, in which the next time is known at once and a change costs O(log n). A node
/// with ten thousand sessions asks for its next time after every event, and only few of them are due at a time.
/// </summary>
internal sealed class Agenda
{
    private const int AfterFailureMs = 1000;
    private readonly List<Timed> _heap = [];
    private readonly Queue<Timed> _due = [];

    /// <summary>The earliest time, or <see cref="long.MaxValue"/>.</summary>
    public long DueMs => _heap.Count == 0 ? long.MaxValue : _heap[0].AgreedMs;

    /// <summary>How many wait for a time.</summary>
    public int Count => _heap.Count;

    /// <summary>Takes note of what <see cref="Timed.DueMs"/> says now.</summary>
    public void Put(Timed item) => Put(item, item.DueMs);

    /// <summary>Takes somebody out; does nothing if he is not in.</summary>
    public void Remove(Timed item)
    {
        var place = item.Place;
        if (place < 0)
        {
            return;
        }

        item.Place = -1;
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last != item)
        {
            _heap[last.Place = place] = last;
            Settle(last);
        }
    }

    /// <summary>
    /// Calls everybody whose time has come, once; who then is due again at once has to wait for the next call. An exception of one of them goes to
    /// the caller: it is called again after a second, those behind it by the next <see cref="Tick"/>.
    /// </summary>
    public void Tick(long nowMs)
    {
        while (DueMs <= nowMs)
        {
            _due.Enqueue(_heap[0]);
            Remove(_heap[0]);
        }

        try
        {
            while (_due.TryDequeue(out var item))
            {
                Put(item, nowMs + AfterFailureMs);
                item.Tick();
                Put(item);
            }
        }
        finally
        {
            while (_due.TryDequeue(out var item))
            {
                Put(item);
            }
        }
    }

    private void Put(Timed item, long due)
    {
        if (due == long.MaxValue)
        {
            Remove(item);
            return;
        }

        if (item.Place < 0)
        {
            item.Place = _heap.Count;
            _heap.Add(item);
        }
        else if (item.AgreedMs == due)
        {
            return;
        }

        item.AgreedMs = due;
        Settle(item);
    }

    private void Settle(Timed item)
    {
        Rise(item);
        Sink(item);
    }

    private void Rise(Timed item)
    {
        while (item.Place > 0 && _heap[(item.Place - 1) / 2] is var parent && item.AgreedMs < parent.AgreedMs)
        {
            Swap(item, parent);
        }
    }

    private void Sink(Timed item)
    {
        while (EarlierChild(item.Place) is { } child && child.AgreedMs < item.AgreedMs)
        {
            Swap(child, item);
        }
    }

    private Timed? EarlierChild(int place)
    {
        var first = (place * 2) + 1;
        if (first >= _heap.Count)
        {
            return null;
        }

        return first + 1 < _heap.Count && _heap[first + 1].AgreedMs < _heap[first].AgreedMs ? _heap[first + 1] : _heap[first];
    }

    private void Swap(Timed one, Timed other)
    {
        (one.Place, other.Place) = (other.Place, one.Place);
        _heap[one.Place] = one;
        _heap[other.Place] = other;
    }
}

/// <summary>Somebody who wants to be called at a time that may change: whoever changes it tells the agenda.</summary>
internal abstract class Timed
{
    /// <summary>When it wants to be called, in ms of the node's clock; <see cref="long.MaxValue"/>: not at all.</summary>
    public abstract long DueMs { get; }

    /// <summary>Its time in the agenda; the agenda's own.</summary>
    internal long AgreedMs { get; set; }

    /// <summary>Its place in the agenda, -1: none; the agenda's own.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>Its time has come. It may be called although it has nothing to do any more.</summary>
    public abstract void Tick();
}
