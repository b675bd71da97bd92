namespace NTMobile.Security.Channel;

/// <summary>Lets things happen at a bounded rate. Not for use by several threads at once.</summary>
public sealed class TokenBucket
{
    private readonly TimeProvider _time;
    private readonly double _perMillisecond;
    private readonly double _burst;
    private double _level;
    private long _at;

    /// <summary>Creates a full bucket.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="perSecond">Tokens that come back per second.</param>
    /// <param name="burst">Tokens of a full bucket.</param>
    public TokenBucket(TimeProvider time, double perSecond, double burst)
    {
        _time = time;
        _perMillisecond = perSecond / 1000;
        _burst = _level = burst;
        _at = time.Milliseconds();
    }

    /// <summary>Takes one token.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryTake()
    {
        long now = _time.Milliseconds();
        _level = Math.Min(_burst, _level + ((now - _at) * _perMillisecond));
        _at = now;
        if (_level < 1)
        {
            return false;
        }

        _level--;
        return true;
    }
}
