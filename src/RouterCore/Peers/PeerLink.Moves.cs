using NTMobile.Packets;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers;

/// <summary>What happens when either end's addresses change (protocol: Move).</summary>
internal sealed partial class PeerLink
{
    private const int LocatorEveryMs = 20;
    private const int SettleMs = 1000;
    private uint _ownLocator;
    private uint _peerLocator;
    private Retry? _locator;
    private byte[] _locatorFrames = [];
    private bool _oldClosed;
    private Candidate[] _told = [];
    private readonly List<Endpoint> _left = [];
    private long _uplinksSinceMs;
    private Move? _move;
    private (ulong Highest, long Datagrams, PeerPath? Path) _healthy;
    private long _gapTakenMs;
    private (uint Number, byte[] Frames, Retry Retry)? _grant;

    /// <summary>Our uplinks are others now.</summary>
    public void OnUplinksChanged()
    {
        var gone = _paths.Where(p => !_node.IsUp(p.Uplink)).ToArray();
        var fresh = _node.Uplinks.Where(u => !_directIds.Exists(d => d.Uplink == u.Number && d.Local == u.Local)).ToArray();
        if (gone.Length == 0 && fresh.Length == 0)
        {
            return;
        }

        BeginMove("local-address");
        PunchAnew();
        Leave(gone);
        foreach (var remote in _left.Where(r => Leg?.Relay.IsAt(in r) != true))
        {
            foreach (var uplink in fresh.Where(u => u.Local.IsIpv4 == remote.IsIpv4))
            {
                FindOrAdd(uplink.Number, remote);
            }
        }

        StartCampaign();
        if (ActivePath is null || gone.Contains(ActivePath))
        {
            _opensMs = 0;

            // Not proved yet, but the peer or the relay was there a moment ago, and it is we who moved.
            ActivePath = _paths.Find(p => p.IsValid) ?? _left.Select(r => _paths.Find(p => p.Remote == r)).FirstOrDefault(p => p is not null)
                ?? _paths.Find(p => p.IsRelay);
            Publish();
        }

        if (_node.Uplinks.Count > 0)
        {
            _uplinksSinceMs = _node.NowMs;
            SendLocator(oldClosed: gone.Length > 0 || _left.Count > 0);
            _left.Clear();
        }
    }

    // Remembers where the peer was, the path in use first: between two places there may be a time without any uplink.
    private void Leave(PeerPath[] gone)
    {
        foreach (var path in gone.Where(p => p.IsValid).OrderBy(p => p != ActivePath))
        {
            if (!_left.Contains(path.Remote))
            {
                _left.Add(path.Remote);
            }
        }

        Forget(gone.Contains);
    }

    /// <summary>Our addresses as seen from outside changed: the peer should know where else it may try.</summary>
    public void OnCandidatesChanged(Candidate[] candidates)
    {
        // What the DS told the peer at the beginning may be older, so the first change is always told.
        if (MaySpeak && !candidates.SequenceEqual(_told))
        {
            SendLocator(oldClosed: false, candidates);
        }
    }

    private void SendLocator(bool oldClosed, Candidate[]? candidates = null)
    {
        candidates ??= [.. _node.HostCandidates.Take(Candidate.MaxCount)];
        _told = candidates;
        _oldClosed = oldClosed || (_locator is not null && _oldClosed); // what was not answered yet is said again
        _locatorFrames = new FrameBuilder().Append(new LocatorUpdate(++_ownLocator, _oldClosed, candidates)).ToArray();
        _locator = new Retry(LocatorEveryMs, _oldClosed ? LocatorEveryMs : 500, _oldClosed ? 500 : 8);
        Wake();
    }

    private void TickMove(long now)
    {
        if (_locator?.IsDue(now) == true)
        {
            foreach (var path in _paths.Where(p => p.IsRelay || p.IsValid || p == ActivePath).ToArray())
            {
                Send(path, DatagramType.Locator, _locatorFrames);
            }
        }
        else if (_locator?.IsOver(now) == true)
        {
            _locator = null;
        }

        if (_grant is { } grant && grant.Retry.IsDue(now) && ActivePath is { } active)
        {
            Send(active, DatagramType.Control, grant.Frames);
        }

        if (_move is { } move && ActivePath is { IsValid: true } && LastHeardMs > move.BeganMs && now - Math.Max(LastHeardMs, move.BeganMs) < SettleMs)
        {
            move.SettledMs = move.SettledMs == 0 ? now : move.SettledMs;
            if (now - move.SettledMs >= SettleMs)
            {
                EndMove(move);
            }
        }
        else if (_move is null && now - LastHeardMs < 2 * IdleTickMs)
        {
            RememberHealthy(now);
        }
    }

    private bool OnLocatorUpdate(LocatorUpdate update, PeerPath? path, int datagramSize)
    {
        if (path is null)
        {
            return true;
        }

        if (update.Number > _peerLocator)
        {
            _peerLocator = update.Number;
            _candidates = update.Candidates;
            if (update.OldClosed)
            {
                BeginMove("peer-moved");
                PunchAnew();
                DoubtOld(path);
                FollowPeer(path, datagramSize);
                Grant();
            }

            StartCampaign();
        }

        Answer(path, new LocatorAck(update.Number, path.Remote));
        return true;
    }

    // What was proved lately is asked and not forgotten: the word may be older than the proof, or too wide, and until the peer has left a path for good it
    // may send to our end of it.
    private void DoubtOld(PeerPath heardOn)
    {
        bool IsOld(PeerPath p) => !p.IsRelay && p != heardOn;
        Forget(p => IsOld(p) && !MayReachUs(p));
        _paths.FindAll(IsOld).ForEach(p => p.Doubt());
        _paths.FindAll(p => p.IsRelay && p.SizeKnown).ForEach(p => p.ForgetSize()); // half of it is another way now
    }

    private void Forget(Predicate<PeerPath> which)
    {
        if (_paths.RemoveAll(which) > 0)
        {
            Session.Sources = [.. _paths.Select(p => p.Source)];
        }
    }

    // The observed source of the newest authenticated locator counts. A relay has validated its leg itself; a direct address gets
    // three times what it sent until it has answered a challenge.
    private void FollowPeer(PeerPath path, int datagramSize)
    {
        if (path.IsRelay)
        {
            path.MarkValid();
        }
        else if (!path.IsValid)
        {
            Challenge(path, 0);
        }

        if (path == ActivePath && path is { IsValid: true, IsRelay: false })
        {
            return; // the peer is where it was
        }

        _opensMs = 0;
        ActivePath = path.IsValid ? path : _paths.Find(p => p is { IsRelay: true, IsValid: true }) ?? path;
        Publish(ActivePath.IsValid ? long.MaxValue : 3L * datagramSize);
        Choose();
    }

    private bool OnLocatorAck(in LocatorAck ack, PeerPath? path)
    {
        if (ack.Number == _ownLocator && _locator is not null)
        {
            _locator = null;
            path?.MarkValid();
            Choose();
        }

        return true;
    }

    // The peer used up some of our path ids by moving, one for each IP version; it gets others.
    private void Grant()
    {
        PathId[] ids = [_node.NewReceivePath(Session), _node.NewReceivePath(Session)];
        _ownIds.AddRange(ids);
        var number = _node.NextNumber();
        _grant = (number, new FrameBuilder().Append(new PathIdGrant(number, ids)).ToArray(), new Retry(200, 2000, 6));
    }

    private bool OnGrant(PathIdGrant grant, PeerPath? path)
    {
        foreach (var id in grant.PathIds)
        {
            if (_peerIds.Count < PathIdGrant.MaxCount && !_peerIds.Contains(id) && !_directIds.Exists(d => d.Id == id))
            {
                _peerIds.Enqueue(id);
            }
        }

        Answer(path, new PathIdGrantAck(grant.Number));
        return true;
    }

    private bool OnGranted(in PathIdGrantAck granted)
    {
        if (_grant?.Number == granted.Number)
        {
            _grant = null;
        }

        return true;
    }

    private void BeginMove(string cause)
    {
        if (_move is null)
        {
            Session.Counters.TakeLongestGap(); // gaps of the time before are not this move's
            _move = new Move(_node.WallClock, _node.NowMs, cause, _healthy);
        }
    }

    private void EndMove(Move move)
    {
        _move = null;
        var counters = Session.Counters;
        var lost = (long)(counters.HighestIn - move.Healthy.Highest) - (counters.DatagramsIn - move.Healthy.Datagrams);
        var record = new MoveRecord(
            move.At, Session.PeerName, move.Cause, counters.TakeLongestGap(), Math.Max(0, lost), move.From, ActivePath?.ToString() ?? "none");
        Moves.Add(record);
        if (Moves.Count > 20)
        {
            Moves.RemoveAt(0);
        }

        _node.Act.Save(record);
        RememberHealthy(_node.NowMs);
    }

    /// <summary>The last moves of this session, oldest first.</summary>
    public List<MoveRecord> Moves { get; } = [];

    private void RememberHealthy(long now)
    {
        _healthy = (Session.Counters.HighestIn, Session.Counters.DatagramsIn, ActivePath);
        if (now - _gapTakenMs > 5000)
        {
            _gapTakenMs = now;
            Session.Counters.TakeLongestGap();
        }
    }

    private sealed class Move(DateTimeOffset at, long beganMs, string cause, (ulong Highest, long Datagrams, PeerPath? Path) healthy)
    {
        public DateTimeOffset At { get; } = at;

        public long BeganMs { get; } = beganMs;

        public string Cause { get; } = cause;

        public string From { get; } = healthy.Path?.ToString() ?? "none";

        public (ulong Highest, long Datagrams, PeerPath? Path) Healthy { get; } = healthy;

        /// <summary>When packets came again; 0: not yet.</summary>
        public long SettledMs { get; set; }
    }
}
