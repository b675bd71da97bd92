using NTMobile.DirectionServer.Registration;
using NTMobile.Security.Channel;

namespace NTMobile.DirectionServer.Direction;

/// <summary>RouteDirections that a responder has not acknowledged yet: each is repeated after 50, 100, 200, 400 and 800 ms.</summary>
internal sealed class UnacknowledgedDirections(TimeProvider time)
{
    private const int FirstPause = 50; // ms; each next one is twice as long
    private const int MostRepeats = 5;

    private readonly Dictionary<ulong, Entry> _entries = [];
    private readonly PriorityQueue<ulong, long> _due = new();

    /// <summary>How many there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Time of <see cref="MonotonicTime"/> at which the next one is due, or null.</summary>
    public long? NextDue => _due.TryPeek(out _, out long at) ? at : null;

    /// <summary>Sends frames to a node until it acknowledges.</summary>
    public void Send(ulong rendezvousId, NodeRecord node, byte[] frames)
    {
        _entries[rendezvousId] = new Entry(node, frames);
        _due.Enqueue(rendezvousId, time.Milliseconds() + FirstPause);
        node.Session?.Send(frames);
    }

    /// <summary>The node acknowledged; an acknowledgement of another node changes nothing.</summary>
    public void Acknowledge(ulong rendezvousId, NodeRecord node)
    {
        if (_entries.TryGetValue(rendezvousId, out Entry? entry) && entry.Node == node)
        {
            _entries.Remove(rendezvousId);
        }
    }

    /// <summary>Repeats what is due.</summary>
    /// <returns>How many were given up.</returns>
    public int Tick()
    {
        int givenUp = 0;
        long now = time.Milliseconds();
        while (_due.TryPeek(out ulong id, out long at) && at <= now)
        {
            _due.Dequeue();
            if (!_entries.TryGetValue(id, out Entry? entry))
            {
                continue;
            }

            if (entry.Repeats == MostRepeats)
            {
                _entries.Remove(id);
                givenUp++;
                continue;
            }

            entry.Repeats++;
            _due.Enqueue(id, now + (FirstPause << entry.Repeats));
            entry.Node.Session?.Send(entry.Frames);
        }

        return givenUp;
    }

    private sealed class Entry(NodeRecord node, byte[] frames)
    {
        public NodeRecord Node => node;

        public byte[] Frames => frames;

        public int Repeats { get; set; }
    }
}
