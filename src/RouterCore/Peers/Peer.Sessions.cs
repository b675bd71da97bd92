using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers;

/// <summary>
/// Which of a peer's sessions is in use. There may be two for a while: both ends began at once, the peer restarted, or a silent session was
/// renewed. The newer one is used at once. If the older one still answers, and the other end began it, both ends keep the one that the
/// smaller name began, in whatever order they came to know of them; else the older one is closed after a moment.
/// </summary>
internal sealed partial class Peer
{
    private const int FormerMs = 5000;
    private const int ProbeFormerMs = 200;
    private const int RenewAfterSilentMs = 2000;
    private const int FirstRenewalMs = 3000;
    private const int LongestRenewalMs = 6000;
    private long _replacedMs;
    private long _probeMs;
    private bool _isSettled;
    private long _renewMs;
    private long _renewPauseMs = FirstRenewalMs;

    /// <summary>The session in use.</summary>
    public PeerLink? Link { get; private set; }

    /// <summary>The other session, if there are two; it still receives for a moment.</summary>
    public PeerLink? Former { get; private set; }

    /// <summary>
    /// Whether a session that the peer begins now can only be the right one: we have none, or one that it would use if it still knew it. Of two that both
    /// ends begin at once it cannot be told so early.
    /// </summary>
    public bool MayBeBegunAnew => Attempt is null && (Link is null || book.Node.NowMs - Link.EstablishedMs > InitiatorAttempt.LongestMs);

    private bool IsLinkSilent => Link?.SilentMs >= RenewAfterSilentMs;

    public override void Tick()
    {
        Attempt?.Tick();
        Link?.Tick();
        Former?.Tick();
        if (Former is { IsOver: true })
        {
            Drop(Former, null);
            Former = null;
        }

        if (Link is { IsOver: true })
        {
            Drop(Link, null);
            (Link, Former) = (Former, null);
        }

        TickFormer(book.Node.NowMs);
        TickRenewal(book.Node.NowMs);
    }

    /// <summary>A session is there, begun by either side.</summary>
    /// <param name="link">The session.</param>
    /// <param name="by">Our attempt from which it came; null: the peer began it.</param>
    public void OnLink(PeerLink link, InitiatorAttempt? by)
    {
        if (Attempt is { } attempt && attempt != by)
        {
            _wants.AddRange(attempt.Cancel());
        }

        Attempt = null;
        link.Peer = this;
        Replace(link);
        Reschedule();
        foreach (var want in TakeWants(_ => true))
        {
            want.Routed();
            Serve(link, want);
        }
    }

    private void Replace(PeerLink link)
    {
        if (Former is { } older)
        {
            Drop(older, null);
        }

        (Link, Former) = (link, Link);
        if (Former is { } former)
        {
            link.Adopt(former);
            _replacedMs = _probeMs = book.Node.NowMs;
            _isSettled = former.Session.IsInitiator == link.Session.IsInitiator; // of two begun by one end the newer is the right one
        }
    }

    private void TickFormer(long now)
    {
        if (Former is not { } former)
        {
            return;
        }

        if (now - _replacedMs >= FormerMs)
        {
            Drop(former, CloseReason.Replaced);
            Former = null;
        }
        else if (!_isSettled && now >= _probeMs)
        {
            _probeMs = now + ProbeFormerMs;
            former.Ping((ms, _) => Settle(former, isAlive: ms >= 0));
        }
    }

    private void Settle(PeerLink former, bool isAlive)
    {
        if (!isAlive || _isSettled || Former != former || Link is not { } link)
        {
            return;
        }

        _isSettled = true;
        var weAreSmaller = string.CompareOrdinal(book.Node.Settings.Name, Name) < 0;
        if (former.Session.IsInitiator == weAreSmaller)
        {
            (Link, Former) = (former, link);
            former.Adopt(link);
        }
    }

    // Nothing comes back on any path: perhaps the peer began anew and does not know the session. A new one is made beside it.
    private void TickRenewal(long now)
    {
        if (!IsLinkSilent)
        {
            (_renewMs, _renewPauseMs) = (0, FirstRenewalMs);
        }
        else if (Attempt is null && !_asking && now >= _renewMs)
        {
            _renewMs = now + _renewPauseMs;
            _renewPauseMs = Math.Min(_renewPauseMs * 2, LongestRenewalMs);
            AskForRoute("");
        }
    }

    private void Drop(PeerLink link, CloseReason? reason)
    {
        link.Close(reason);
        book.Forget(link);
    }
}
