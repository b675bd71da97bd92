using NTMobile.Packets;
using NTMobile.RouterCore.Peers.Punching;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers;

/// <summary>A direct path through an endpoint-dependent NAT, while the relay carries the data (protocol: path choice).</summary>
internal sealed partial class PeerLink
{
    // Ordinary punching has found its path by then, if there is one.
    private const int RelayedPatienceMs = 400;
    private const int AskAgainMs = 300_000;
    private const int AskSilentAgainMs = 20_000;
    private const int AskMissedAgainMs = 10_000; // after the first miss, and twice that after the second: one try in fifty meets no open port
    private const int AskForetoldAgainMs = 2_000; // likewise where few probes are enough: another connection took the port foretold
    private const int MissesInARow = 3;
    private const int AnswerEveryMs = 3_000;
    private const int KeptMs = 30_000;
    private PunchAsker? _asker;
    private PunchAnswerer? _answerer;
    private IReadOnlyList<Uplink> _kept = [];
    private long _keptUntilMs;
    private long _relayedSinceMs = -1;
    private long _askAgainMs;
    private int _misses;
    private long _answerAgainMs;

    private bool IsPunching => _asker is not null || _answerer is not null;

    /// <summary>A probe of the peer came through: the way back is open too.</summary>
    public void OnPunched(int uplink, Endpoint from)
    {
        if (!IsOver && MaySpeak && FindOrAdd(uplink, in from) is { IsValid: false } path)
        {
            Challenge(path, 0);
            _campaign ??= NewCampaign();
            Wake();
        }
    }

    /// <summary>Says something on the path in use.</summary>
    public void Say<T>(in T frame)
        where T : IFrame<T> => Answer(ActivePath, in frame);

    private void TickPunching(long now)
    {
        var isRelayed = IsInUse && ActivePath is { IsRelay: true, IsValid: true };
        _relayedSinceMs = !isRelayed ? -1 : _relayedSinceMs < 0 ? now : _relayedSinceMs;
        if (_asker is null && isRelayed && now - _relayedSinceMs >= RelayedPatienceMs && now >= _askAgainMs)
        {
            Ask();
        }

        if (_asker is { IsAnswered: true } && !isRelayed)
        {
            _asker.OnDirect();
        }

        _asker?.Tick(now);
        if (_asker is { IsOver: true } asker)
        {
            _askAgainMs = now + AskPauseMs(asker);
            EndAsking();
        }

        _answerer?.Tick(now);
        if (_answerer?.IsOver == true)
        {
            EndAnswering();
        }

        TickKept(now);
    }

    private int AskPauseMs(PunchAsker asker) => asker switch
    {
        { IsAnswered: false } => AskSilentAgainMs,
        { HasTried: true } when ++_misses < MissesInARow => (asker.IsForetold ? AskForetoldAgainMs : AskMissedAgainMs) * _misses,
        _ => AskAgainMs,
    };

    private void Ask()
    {
        if (_node.Nat.Mapping == NatMapping.EndpointDependent && _node.Punching.IsFree(_node.NowMs)
            && _node.StunServer is { } server && _node.UplinkFor(in server) is { } uplink && server.IsIpv4)
        {
            _asker = new PunchAsker(_node, this, uplink, in server);
            _node.Punching.Begin(_asker);
        }
    }

    // Sockets through which the peer was reached stay, even where another of them carries the data here: the peer may have chosen differently.
    private void EndAsking()
    {
        if (_asker is not { } asker)
        {
            return;
        }

        _node.Punching.Close(_node.Act, asker.Sockets.Where(s => !IsUsed(s)));
        _kept = [.. _kept, .. asker.Sockets.Where(IsUsed)];
        _keptUntilMs = _node.NowMs + KeptMs;
        asker.Close();
        _node.Punching.End(asker);
        _asker = null;
    }

    // A path that is forgotten here, or silent for a moment, may still be the peer's way.
    private void TickKept(long now)
    {
        _keptUntilMs = _kept.Any(IsUsed) ? now + KeptMs : _keptUntilMs;
        Uplink[] over = [.. _kept.Where(s => !IsUsed(s) && (now >= _keptUntilMs || !_node.IsUp(s)))];
        if (over.Length > 0)
        {
            _node.Punching.Close(_node.Act, over);
            _kept = [.. _kept.Except(over)];
        }
    }

    private void EndAnswering()
    {
        if (_answerer is { } answerer)
        {
            answerer.Close();
            _node.Punching.End(answerer);
            _answerer = null;
        }
    }

    private bool IsUsed(Uplink socket) => !IsOver && _paths.Exists(p => p.Uplink.Number == socket.Number && MayReachUs(p));

    // On a path that was proved lately the peer may still send to us, whatever we think of it.
    private bool MayReachUs(PeerPath path) => path.IsValid || (path.LastProvedMs > 0 && _node.NowMs - path.LastProvedMs < KeptMs);

    // The places changed: what was in vain before may do now.
    private void PunchAnew()
    {
        EndAsking();
        EndAnswering();
        _askAgainMs = 0;
        _misses = 0;
        _answerAgainMs = 0;
        _relayedSinceMs = -1;
    }

    // Probes go only to an address that the peer is known to have; a plan more is not answered before the last is done.
    private bool OnPunchPlan(in PunchPlan plan)
    {
        var address = plan.At.Address;
        if (_answerer?.Id == plan.RendezvousId)
        {
            _answerer.OnRepeated();
            return true;
        }

        var isOurTurn = _asker is null || !Session.IsInitiator; // both ask: the session's initiator goes on
        if (_node.Nat.Mapping == NatMapping.Unknown || _node.NowMs < _answerAgainMs || !isOurTurn
            || _node.Nat.Seen.IsIpv4 != plan.At.IsIpv4 || !_candidates.Any(c => c.Endpoint.Address == address)
            || _node.StunServer is not { } server || _node.UplinkFor(plan.At) is not { } uplink)
        {
            return true;
        }

        EndAsking();
        EndAnswering();
        _answerAgainMs = _node.NowMs + AnswerEveryMs;
        _answerer = new PunchAnswerer(_node, this, uplink, in plan, in server);
        _node.Punching.Begin(_answerer);
        Wake();
        return true;
    }

    private bool OnPunchReply(in PunchReply reply)
    {
        _asker?.OnReply(in reply);
        Wake();
        return true;
    }
}
