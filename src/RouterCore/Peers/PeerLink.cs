using NTMobile.Packets;
using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Peers.Lanes;
using NTMobile.RouterCore.Servers;
using NTMobile.RouterCore.Sessions;
using NTMobile.Security.Identity;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers;

/// <summary>
/// The control loop's half of an established session: paths, contexts, moves, rekeying. <see cref="PeerSession"/> is what of it the packet loops see.
/// </summary>
internal sealed partial class PeerLink
{
    // A tunnel or a valley without any network: longer than that, and the peer begins anew.
    private const int LostAfterMs = 120_000;
    private const int MaximumPings = 64;
    private const int IdleTickMs = 200;
    private const int TalkingTickMs = 100;
    private const int BusyTickMs = 20;
    private readonly NodeContext _node;
    private readonly LeaseBook _leases;
    private readonly Staging _staging;
    private readonly ContextJudge _judge;
    private Dictionary<uint, (long SentMs, Action<int, string> Answered)>? _pings;
    private long _nextTickMs;

    public PeerLink(NodeContext node, LeaseBook leases, Staging staging, ContextJudge judge, PeerSession session, LinkTerms terms)
    {
        _node = node;
        _leases = leases;
        _staging = staging;
        _judge = judge;
        Session = session;
        Group = terms.Group;
        Leg = terms.Leg;
        _candidates = terms.Candidates;
        _peerIds = new Queue<PathId>(terms.PeerIds);
        _ownIds = [.. terms.OwnIds];
        if (terms.Leg is { } leg)
        {
            leg.Moving = FollowRelay;
        }

        Translator = node.Lanes.Mode == TranslationMode.Tunnel ? null : new Translator(node, session, TellPeer, Wake);
        EstablishedMs = node.NowMs;
        IsInUse = session.IsInitiator;
        _rekeyMs = EstablishedMs + RekeyEveryMs;
    }

    public PeerSession Session { get; }

    /// <summary>What travels without the tunnel; null: the owner does not want it.</summary>
    public Translator? Translator { get; }

    /// <summary>From now on what comes in under our path ids is the session's: its contexts are known.</summary>
    public void Listen()
    {
        foreach (var id in _ownIds)
        {
            _node.Tables.SetPath(id, Session);
        }

        Leg?.Attach(Session);
    }

    /// <summary>Whose session it is, once it is in use or was: called when the link is due earlier than it said.</summary>
    public Peer? Peer { get; set; }

    /// <summary>The invitation from which it came, until the peer has spoken in it.</summary>
    public Invitation? Invitation { get; set; }

    /// <summary>The common group by which both ends authenticated.</summary>
    public GroupMembership Group { get; }

    public RelayLeg? Leg { get; }

    public long EstablishedMs { get; }

    /// <summary>Whether message 1 is known to be no repetition, so that we may speak before the peer has.</summary>
    public bool IsFresh { get; set; }

    /// <summary>Whether packets go out in it.</summary>
    public bool IsInUse { get; private set; }

    /// <summary>Whether the session must not be used any more.</summary>
    public bool IsOver { get; private set; }

    public long DueMs => _nextTickMs;

    private void Wake()
    {
        _nextTickMs = _node.NowMs;
        Peer?.Reschedule();
    }

    // The responder speaks under the new keys only after it has opened something under them.
    private bool MaySpeak => Session.IsInitiator || IsFresh || Session.Secure.PacketsOpened > 0;

    public void Tick()
    {
        var now = _node.NowMs;
        if (now < _nextTickMs || !MaySpeak)
        {
            return;
        }

        TickOpening(now);
        TickPaths(now);
        TickContexts(now);
        TickMove(now);
        TickPunching(now);
        TickRekey(now);
        TickTranslation(now);
        _nextTickMs = now + (IsBusy ? BusyTickMs : Talks() ? TalkingTickMs : IdleTickMs);
        _nextTickMs = _opensMs == 0 ? _nextTickMs : Math.Min(_nextTickMs, _opensMs);
    }

    /// <summary>Frames that came in one authenticated datagram.</summary>
    public DropReason OnFrames(int uplink, in Endpoint from, int datagramSize, ReadOnlySpan<byte> frames)
    {
        var path = Hear(uplink, in from);
        var reader = new FrameReader(frames);
        while (reader.TryRead(out var type, out var body))
        {
            if (!OnFrame(type, body, path, datagramSize))
            {
                return DropReason.MalformedFrame;
            }
        }

        return reader.Malformed ? DropReason.MalformedFrame : DropReason.None;
    }

    /// <summary>Frames that came inside the handshake, before there was a path.</summary>
    public bool OnHandshakeFrame(FrameType type, ReadOnlySpan<byte> body) => OnContextFrame(type, body, null) ?? true;

    /// <summary>Measures the round trip to the peer's router.</summary>
    /// <param name="answered">Called with milliseconds and the path; -1 when nothing came back.</param>
    public void Ping(Action<int, string> answered)
    {
        if (ActivePath is not { } path)
        {
            answered(-1, "no path");
            return;
        }

        if (_pings is null || _pings.Count >= MaximumPings)
        {
            _pings = []; // nobody waits for the former ones any more
        }

        var number = _node.NextNumber();
        _pings[number] = (_node.NowMs, answered);
        Send(path, new Ping(number));
    }

    /// <summary>Takes the session down; tells the peer if there is a reason to.</summary>
    public void Close(CloseReason? reason)
    {
        if (IsOver)
        {
            return;
        }

        if (reason is { } why && MaySpeak && ActivePath is { } path)
        {
            Send(path, new Close(why));
        }

        IsOver = true;
        Session.Active = null;
        foreach (var context in Session.Contexts.ToArray())
        {
            _node.Tables.RemoveOutbound(context);
        }

        foreach (var id in _ownIds)
        {
            _node.Tables.SetPath(id, null);
        }

        FailPending(WantOutcome.Unreachable);
        EndAsking();
        EndAnswering();
        Translator?.Close();
        _node.Punching.Close(_node.Act, _kept);
        Wake();
    }

    private bool IsBusy => Translator?.IsBusy == true || _campaign is not null || IsPunching || _locator is not null || _move is not null || _pending.Count > 0
        || ActivePath is null or { SizeKnown: false } or { Unanswered: > 0 };

    private bool OnFrame(FrameType type, ReadOnlySpan<byte> body, PeerPath? path, int datagramSize)
    {
        switch (type)
        {
            case FrameType.Ping:
                if (!Wire.Frames.Ping.TryRead(body, out var ping))
                {
                    return false;
                }

                Answer(path, new Pong(ping.Number, path?.Remote ?? default));
                return true;
            case FrameType.Pong:
                return Pong.TryRead(body, out var pong) && OnPong(in pong, path);
            case FrameType.PathChallenge:
                return PathChallenge.TryRead(body, out var challenge) && OnChallenge(in challenge, path);
            case FrameType.PathResponse:
                return PathResponse.TryRead(body, out var response) && OnResponse(in response);
            case FrameType.LocatorUpdate:
                return LocatorUpdate.TryRead(body, out var update) && OnLocatorUpdate(update, path, datagramSize);
            case FrameType.LocatorAck:
                return LocatorAck.TryRead(body, out var ack) && OnLocatorAck(in ack, path);
            case FrameType.PathIdGrant:
                return PathIdGrant.TryRead(body, out var grant) && OnGrant(grant, path);
            case FrameType.PathIdGrantAck:
                return PathIdGrantAck.TryRead(body, out var granted) && OnGranted(in granted);
            case FrameType.PunchPlan:
                return PunchPlan.TryRead(body, out var plan) && OnPunchPlan(in plan);
            case FrameType.PunchReply:
                return PunchReply.TryRead(body, out var reply) && OnPunchReply(in reply);
            case FrameType.Rekey:
                return Rekey.TryRead(body, out var rekey) && OnRekey(rekey, path);
            case FrameType.RekeyAck:
                return RekeyAck.TryRead(body, out var rekeyed) && OnRekeyAck(rekeyed);
            case FrameType.Close:
                Close(null);
                return true;
            default:
                return OnContextFrame(type, body, path) ?? Translator?.OnFrame(type, body) ?? true;
        }
    }

    private bool OnPong(in Pong pong, PeerPath? path)
    {
        if (_pings?.Remove(pong.Number, out var ping) == true)
        {
            ping.Answered((int)(_node.NowMs - ping.SentMs), path?.ToString() ?? "unknown path");
        }

        return true;
    }

    private void TickTranslation(long now)
    {
        Translator?.Follow(ActivePath);
        Translator?.Tick(now);
    }

    private void TellPeer(byte[] frames)
    {
        if (ActivePath is { } path && MaySpeak)
        {
            Send(path, DatagramType.Control, frames);
        }
    }

    private void Answer<T>(PeerPath? path, in T frame)
        where T : IFrame<T>
    {
        if (path is not null && MaySpeak)
        {
            Send(path, in frame);
        }
    }

    private void Send<T>(PeerPath path, in T frame)
        where T : IFrame<T> => Send(path, DatagramType.Control, new FrameBuilder().Append(in frame).Written);

    private void Send(PeerPath path, DatagramType type, ReadOnlySpan<byte> frames)
    {
        if (path.Leg is { IsUsable: false })
        {
            return;
        }

        var datagram = new byte[frames.Length + SealedDatagram.Overhead];
        Session.Secure.Seal((byte)type, (uint)path.SendId.Path, Session.Secure.Reserve(1), frames, datagram);
        _node.Act.Send(path.Uplink.Number, path.Remote, datagram);
    }
}

/// <summary>What both ends agreed on in the handshake.</summary>
/// <param name="Group">The common group.</param>
/// <param name="Leg">This node's leg of the relay slot, if there is one.</param>
/// <param name="Candidates">Where the peer may be.</param>
/// <param name="PeerIds">Path ids that the peer chose for itself.</param>
/// <param name="OwnIds">Path ids that we chose, entered into the table already.</param>
internal sealed record LinkTerms(GroupMembership Group, RelayLeg? Leg, Candidate[] Candidates, PathId[] PeerIds, PathId[] OwnIds);
