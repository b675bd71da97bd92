namespace NTMobile.RouterCore.Peers;

/// <summary>How a session follows its relay to another uplink, to TCP and back to UDP (protocol: UDP blocked).</summary>
internal sealed partial class PeerLink
{
    private const int SuspicionMs = 150;
    private const int SteadyMs = 500;
    private long _packetsOutWhenHeard;
    private long _packetsOutWhenTicked;
    private long _packetsInWhenTicked;
    private long _packetsInWhenHeard;
    private long _hearingSinceMs = -1; // when data began to come in without longer pauses; -1: none does

    // Whether data went either way since the last time: then silence is looked for more often.
    private bool Talks()
    {
        var before = (_packetsOutWhenTicked, _packetsInWhenTicked);
        (_packetsOutWhenTicked, _packetsInWhenTicked) = (Session.Counters.PacketsOut, Session.Counters.PacketsIn);
        return before != (_packetsOutWhenTicked, _packetsInWhenTicked);
    }

    // Data goes out and nothing comes back: long before the path is given up the relay is asked whether it hears us, which costs one datagram. Does
    // it not answer either, then it may be UDP that is blocked, and the connection with the relay finds out.
    private void Suspect(PeerPath active, long now, long sentOut)
    {
        if (now - active.LastProvedMs < SuspicionMs + active.RoundTripMs)
        {
            _packetsOutWhenHeard = sentOut;
        }
        else if (sentOut > _packetsOutWhenHeard + 1)
        {
            Leg?.Relay.Doubt();
        }

        SuspectEnd(active, now);
    }

    // Data came in steadily and comes no more, which the peer alone would notice when we send nothing: it has ended, or it is stopped on its way. The
    // same question, once for each such end.
    private void SuspectEnd(PeerPath active, long now)
    {
        var cameIn = Session.Counters.PacketsIn;
        if (cameIn != _packetsInWhenHeard)
        {
            _packetsInWhenHeard = cameIn;
            _hearingSinceMs = _hearingSinceMs < 0 ? now : _hearingSinceMs;
        }
        else if (_hearingSinceMs >= 0 && now - LastHeardMs >= SuspicionMs + Math.Max(0, active.RoundTripMs))
        {
            if (LastHeardMs - _hearingSinceMs >= SteadyMs)
            {
                Leg?.Relay.Doubt();
            }

            _hearingSinceMs = -1;
        }
    }

    // The relay takes our datagrams from one address only: what goes through it leaves by the new uplink, or by TCP, right behind the proof.
    private void FollowRelay()
    {
        if (Leg is null || _node.UplinkFor(Leg.Relay.Remote) is not { } uplink || FindOrAdd(uplink.Number, Leg.Relay.Remote) is not { } path)
        {
            return;
        }

        // By TCP, UDP or the other IP version, as it was until now.
        bool IsFormer(PeerPath p) => p.IsRelay && p.Remote != path.Remote;
        var isOtherTransport = _paths.Exists(p => IsFormer(p) && p.Remote.IsTcp != path.Remote.IsTcp);
        foreach (var former in _paths.Where(p => p.IsRelay && p != path))
        {
            former.MarkDead();
        }

        _paths.RemoveAll(p => IsFormer(p) && p != ActivePath);
        if (isOtherTransport && path.Remote.IsTcp)
        {
            LeaveUdp();
        }

        if (ActivePath is null or { IsValid: false } or { IsRelay: true } && ActivePath != path)
        {
            path.MarkValid();
            _opensMs = 0;
            ActivePath = path;
            _paths.RemoveAll(IsFormer);
            Publish();
            path.BeginSizing();
        }

        Session.Sources = [.. _paths.Select(p => p.Source)];
        if (isOtherTransport)
        {
            SendLocator(oldClosed: path.Remote.IsTcp);
            StartCampaign();
        }
    }

    // A direct path from which something came a moment ago lives: then it is the relay's port alone that is blocked.
    private void LeaveUdp()
    {
        BeginMove("udp-blocked");
        foreach (var path in _paths.Where(p => !p.Remote.IsTcp && _node.NowMs - p.LastProvedMs >= SuspicionMs))
        {
            path.MarkDead();
        }
    }
}
