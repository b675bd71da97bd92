namespace NTMobile.RouterDaemon.PortMapping;

/// <summary>Finds out by a gateway's epochs that it has forgotten its ports (RFC 6887 §8.5; NAT-PMP's seconds are the same thing).</summary>
internal sealed class EpochClock(TimeProvider time)
{
    private const int Tolerance = 2; // seconds
    private const int DriftShare = 16;
    private readonly Lock _lock = new(); // answers and announcements come on threads of their own
    private (uint Epoch, long At)? _last;

    /// <summary>Takes note of an epoch, and tells whether the gateway has started again since the one before.</summary>
    public bool ShowsRestart(uint epoch)
    {
        (uint Epoch, long At)? before;
        var now = time.GetTimestamp();
        lock (_lock)
        {
            (before, _last) = (_last, (epoch, now));
        }

        if (before is not { } last)
        {
            return false;
        }

        var ours = (long)time.GetElapsedTime(last.At, now).TotalSeconds;
        var theirs = epoch - (long)last.Epoch;
        return theirs < -1 || ours + Tolerance < theirs - (theirs / DriftShare) || theirs + Tolerance < ours - (ours / DriftShare);
    }
}
