namespace NTMobile.RouterDaemon.Loops;

/// <summary>
/// Tells a loop when its kernel queue stands behind a full uplink, and how often senders must then be told to slow down: CoDel's control law
/// (RFC 8289 §5). CoDel goes by the time that each packet waited, which the kernel does not tell; here a queue stands that was never empty for a
/// whole interval since the uplink was full. A queue that waits for the processor alone does not stand in this sense. One loop's own.
/// </summary>
internal sealed class StandingQueue
{
    // The time in which senders at the usual round trips can react (RFC 8289 §4.2).
    private const int IntervalMs = 100;

    // A queue that stands again so soon goes on about where it was (RFC 8289 §5.5).
    private const int MemoryMs = 16 * IntervalMs;
    private long? _fullSince;
    private bool _slows;
    private double _nextMs;
    private int _count;
    private int _firstCount;

    /// <summary>The loop had to wait for room in the uplink's buffer.</summary>
    public void UplinkWasFull(long nowMs) => _fullSince ??= nowMs;

    /// <summary>Nothing waits any more.</summary>
    public void WasEmpty()
    {
        _fullSince = null;
        _slows = false;
    }

    /// <summary>Whether one more sender must be told now.</summary>
    public bool MustSlow(long nowMs)
    {
        if (_fullSince is not { } since || nowMs - since < IntervalMs || (_slows && nowMs < _nextMs))
        {
            return false;
        }

        if (_slows)
        {
            _count++;
            _nextMs += IntervalMs / Math.Sqrt(_count);
            return true;
        }

        var more = _count - _firstCount;
        _count = _firstCount = more > 1 && nowMs - _nextMs < MemoryMs ? more : 1;
        _nextMs = nowMs + (IntervalMs / Math.Sqrt(_count));
        return _slows = true;
    }
}
