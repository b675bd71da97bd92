using Microsoft.Extensions.Time.Testing;

namespace NTMobile.Scenario.Tests.World;

/// <summary>Fake time, and what is to happen in it. Things of one moment happen in the order in which they were put in.</summary>
internal sealed class Clock
{
    private readonly PriorityQueue<Action, (long Ticks, long Order)> _queue = new();
    private long _order;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public long NowTicks => Time.GetTimestamp();

    /// <summary>Milliseconds as the nodes count them.</summary>
    public long NowMs => NowTicks / TimeSpan.TicksPerMillisecond;

    /// <summary>When the next thing happens, or never.</summary>
    public long NextTicks => _queue.TryPeek(out _, out var key) ? key.Ticks : long.MaxValue;

    public void After(TimeSpan delay, Action what) => _queue.Enqueue(what, (NowTicks + delay.Ticks, _order++));

    public void AdvanceTo(long ticks)
    {
        if (ticks > NowTicks)
        {
            Time.Advance(TimeSpan.FromTicks(ticks - NowTicks));
        }
    }

    /// <summary>Does the next thing if its time has come.</summary>
    public bool TryDoNext()
    {
        if (NextTicks > NowTicks)
        {
            return false;
        }

        _queue.Dequeue()();
        return true;
    }
}
