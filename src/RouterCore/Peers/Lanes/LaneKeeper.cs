using NTMobile.RouterCore.Sessions;

namespace NTMobile.RouterCore.Peers.Lanes;

/// <summary>How far a lane is.</summary>
internal enum LaneState
{
    /// <summary>The peer has not accepted it yet.</summary>
    Asking,

    /// <summary>Probes are under way, and none has been answered.</summary>
    Probing,

    /// <summary>The flow's packets go out on it.</summary>
    Open,

    /// <summary>Nothing went out for a while: NATs may have forgotten it, so it is proved again before it is used.</summary>
    Resting,
}

/// <summary>What is due for a lane.</summary>
internal enum LaneNeed
{
    Nothing,

    /// <summary>Ask the peer for it, again.</summary>
    Ask,

    /// <summary>Send a probe as long as the path's largest packets.</summary>
    FullProbe,

    /// <summary>Send a short probe.</summary>
    Probe,

    /// <summary>It does not carry what is sent: the path is doubted.</summary>
    Doubt,

    /// <summary>Nobody needs it any more.</summary>
    Remove,
}

/// <summary>
/// Proves a lane: before it is used, again after it rested, and about once a second while it is used. It carries no clock and sends nothing; the
/// <see cref="Translator"/> does what is due.
/// <code>
/// Asking ── accepted ──► Probing ── answer ──► Open ── nothing out for 20 s ──► Resting ── wanted ──► Probing …
///                           └─ no answer in 2 s, or in use no answer to five probes, or most packets missing ──► doubt
/// </code>
/// </summary>
internal sealed class LaneKeeper(Lane lane, long nowMs)
{
    private const int WatchEveryMs = 1000;
    private const int AgainMs = 250;
    private const int MostUnanswered = 5;
    private const int RestAfterMs = 20_000; // NATs keep UDP for 30 s at the least in practice
    private const int ForgetAfterMs = 60_000;

    // Of so many packets a quarter at least must arrive; what waits in buffers when a probe is sent is less than that.
    private const int FewPackets = 400;
    private Retry _retry = new(100, 400, 6);
    private uint _number;
    private uint _highestSeen;
    private long _sentMs = nowMs;
    private int _unanswered;
    private uint _outAtProbe;
    private (uint Out, uint Arrived) _before;
    private long _outSeen;
    private long _inSeen;
    private long _outMs = nowMs;
    private long _usedMs = nowMs;
    private int _roundTripMs;
    private bool _hasRested;

    public Lane Lane { get; } = lane;

    public LaneState State { get; private set; } = LaneState.Probing;

    /// <summary>Whether something about it is due in a moment.</summary>
    public bool IsBusy => State is LaneState.Asking or LaneState.Probing || _unanswered > 0;

    /// <summary>The peer has to accept it first.</summary>
    public void Ask() => (State, _retry) = (LaneState.Asking, new Retry(100, 400, 6));

    /// <summary>Proves it from now on.</summary>
    public void Prove() => (State, _retry, _unanswered) = (LaneState.Probing, new Retry(60, 500, 7), 0);

    /// <summary>Where the peer is has only come out now: what was sent before went nowhere.</summary>
    public void Learned()
    {
        if (State == LaneState.Probing)
        {
            Prove();
        }
    }

    /// <summary>The flow has packets again.</summary>
    public void Wake(long nowMs)
    {
        if (State == LaneState.Resting)
        {
            _hasRested = true;
            (_outMs, _usedMs) = (nowMs, nowMs);
            Prove();
        }
    }

    /// <summary>What is due now.</summary>
    public LaneNeed Tick(long nowMs)
    {
        Notice(nowMs);
        switch (State)
        {
            case LaneState.Asking:
                return _retry.IsOver(nowMs) ? LaneNeed.Remove : _retry.IsDue(nowMs) ? LaneNeed.Ask : LaneNeed.Nothing;
            case LaneState.Probing:
                return _retry.IsOver(nowMs) ? _hasRested ? LaneNeed.Remove : LaneNeed.Doubt : _retry.IsDue(nowMs) ? LaneNeed.FullProbe : LaneNeed.Nothing;
            case LaneState.Resting:
                return nowMs - _usedMs >= ForgetAfterMs ? LaneNeed.Remove : LaneNeed.Nothing;
            default:
                return Watch(nowMs);
        }
    }

    /// <summary>A probe goes out.</summary>
    /// <returns>Its number, and how many packets went out before it.</returns>
    public (uint Number, uint Packets) Probed(long nowMs)
    {
        (_sentMs, _outAtProbe) = (nowMs, (uint)Lane.PacketsOut);
        _unanswered++;
        return (++_number, _outAtProbe);
    }

    /// <summary>The peer's probe came in.</summary>
    /// <returns>Whether it is newer than all before, so that its source counts.</returns>
    public bool Saw(uint number)
    {
        var isNew = number > _highestSeen;
        _highestSeen = Math.Max(_highestSeen, number);
        return isNew;
    }

    /// <summary>An answer came.</summary>
    /// <param name="number">Of which probe.</param>
    /// <param name="arrived">How many packets had come in there.</param>
    /// <param name="nowMs">Now.</param>
    /// <returns>False: most of what was sent did not arrive.</returns>
    public bool Answered(uint number, uint arrived, long nowMs)
    {
        if (number > _number || _number - number >= _unanswered)
        {
            return true; // answered already
        }

        (_unanswered, _roundTripMs) = (0, (int)(nowMs - _sentMs));
        if (State == LaneState.Probing)
        {
            State = LaneState.Open;
            (_outMs, _hasRested) = (nowMs, false);
        }

        if (number != _number)
        {
            return true; // what had gone out before it is not known any more
        }

        var (sent, came) = (_outAtProbe - _before.Out, arrived - _before.Arrived);
        _before = (_outAtProbe, arrived);
        return sent < FewPackets || came >= sent / 4;
    }

    private LaneNeed Watch(long nowMs)
    {
        if (Lane.Context is null)
        {
            return LaneNeed.Nothing; // it proved the path, and has no packets that could be lost
        }

        if (nowMs - _outMs >= RestAfterMs)
        {
            Lane.CanSend = false;
            (State, _unanswered) = (LaneState.Resting, 0);
            return LaneNeed.Nothing;
        }

        if (_unanswered >= MostUnanswered)
        {
            return LaneNeed.Doubt;
        }

        var pause = _unanswered > 0 ? Math.Max(AgainMs, 2 * _roundTripMs) : WatchEveryMs;
        return nowMs - _sentMs >= pause && (_unanswered > 0 || (uint)Lane.PacketsOut != _outAtProbe) ? LaneNeed.Probe : LaneNeed.Nothing;
    }

    private void Notice(long nowMs)
    {
        if (Lane.PacketsOut != _outSeen)
        {
            (_outSeen, _outMs, _usedMs) = (Lane.PacketsOut, nowMs, nowMs);
        }

        if (Lane.PacketsIn != _inSeen)
        {
            (_inSeen, _usedMs) = (Lane.PacketsIn, nowMs);
        }
    }
}
