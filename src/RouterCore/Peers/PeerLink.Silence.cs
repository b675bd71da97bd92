namespace NTMobile.RouterCore.Peers;

/// <summary>Whether the path in use still lives, and whether a better one does again (protocol: IPv4 and IPv6 outside).</summary>
internal sealed partial class PeerLink
{
    private const int KeepAliveMs = 15_000;
    private const int MissedProbeMs = 5_000; // at the least, where silence makes the active path be asked more often
    private long _packetsOutWhenProved;

    // Data goes out and nothing comes back on this very path: ask whether it lives, on all paths, and leave it when it does not answer. What
    // comes in on another path says nothing about the way out on this one.
    private void WatchActive(long now)
    {
        if (ActivePath is not { IsValid: true } active)
        {
            return; // all paths are being tried already
        }

        var sentOut = Session.Counters.PacketsOut;
        if (now - active.LastProvedMs < SilenceMs)
        {
            _packetsOutWhenProved = sentOut;
        }

        var pause = active.Unanswered > 0 ? SilentProbeMs : sentOut > _packetsOutWhenProved + 2 ? SilenceMs : KeepAliveMs;
        if (now - active.LastProbeMs >= pause)
        {
            foreach (var path in _paths)
            {
                if (path == active || path.IsRelay || path.Unanswered < DeadAfterUnanswered || IsMissed(path, active, now))
                {
                    Challenge(path, 0);
                }
            }
        }

        Suspect(active, now, sentOut);
        CheckSize(active, now, sentOut);
        if (active.Unanswered > 1)
        {
            active.Leg?.Relay.Doubt();
        }

        if (active.IsOverdue(now) || IsOutlived(active, now))
        {
            BeginMove("path went silent");
            PunchAnew();
            foreach (var path in _paths.Where(p => p == active || p.IsOverdue(now)))
            {
                path.MarkDead();
            }

            Choose();
            StartCampaign();
        }
    }

    // The relay's answer says too little about a line that is only full.
    private bool IsOutlived(PeerPath active, long now)
    {
        foreach (var path in _paths)
        {
            if (!path.IsRelay && active.IsOutlivedBy(path, now))
            {
                return true;
            }
        }

        return false;
    }

    // A path that would be better than the direct one in use, as one by IPv6, is asked on and on: it may have fallen silent for a while. Both ends do so, more
    // often than filters forget. From the relay it is campaigns that lead away.
    private bool IsMissed(PeerPath path, PeerPath active, long now) =>
        !path.IsValid && !active.IsRelay && now - path.LastProbeMs >= MissedProbeMs && Rank(path) < Rank(active);
}
