namespace NTMobile.RelayServer.Egress;

/// <summary>
/// A token bucket of bytes, for one node and one direction. Its rate is the node's own limit, or the equal share of the busy nodes in what all
/// of them may have, whichever is less: so nobody is slowed down before the whole is used up, and nobody can take another's share.
/// </summary>
internal sealed class EgressBucket(double bytesPerSecond)
{
    // At the least, so that a burst of TCP passes; else what comes within a tenth of a second.
    private const double LeastBurst = 256 << 10;
    private const double BurstSeconds = 0.1;

    private double _level = double.MaxValue;
    private long _at;

    /// <summary>When it was last used, in ms.</summary>
    public long UsedAt => _at;

    /// <summary>Takes bytes, or nothing at all.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="share">The equal share, in bytes per second.</param>
    /// <param name="now">Time in ms.</param>
    /// <returns>False when the bucket holds fewer.</returns>
    public bool TryTake(int bytes, double share, long now)
    {
        double rate = Math.Min(bytesPerSecond, share);
        _level = Math.Min(Math.Max(LeastBurst, rate * BurstSeconds), _level + ((now - _at) * rate / 1000));
        _at = now;
        if (_level < bytes)
        {
            return false;
        }

        _level -= bytes;
        return true;
    }
}
