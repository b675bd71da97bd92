namespace NTMobile.Security.Channel;

/// <summary>The running time of a <see cref="TimeProvider"/> in milliseconds: never the wall clock, which may be wrong on a router.</summary>
public static class MonotonicTime
{
    /// <summary>Milliseconds since some fixed point in the past; never goes back.</summary>
    public static long Milliseconds(this TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        long frequency = time.TimestampFrequency;
        long stamp = time.GetTimestamp();
        return (stamp / frequency * 1000) + (stamp % frequency * 1000 / frequency);
    }
}
