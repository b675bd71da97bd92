using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.Security.Channel;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Servers;

/// <summary>
/// A node's standing session with one server over the preferred uplink: handshake, keep-alive, re-handshake when the server forgot us, and the
/// quick Ping after a move by which the server learns and validates our new address. What its frames mean is its owner's business.
/// </summary>
internal sealed partial class ServerConnection : IHandshakeOwner
{
    private const int KeepAliveMs = 15_000;
    private const int QuickPingMs = 50;
    private const int SilenceMs = 4_000;
    private const int DoubtEveryMs = 500;
    private const int MaximumPings = 64;
    private readonly NodeContext _node;
    private readonly IServerUser _user;
    private readonly ServerLink _link;
    private byte[] _hello = [];
    private Retry? _handshake;
    private readonly Dictionary<uint, long> _pings = [];
    private readonly HashSet<uint> _proofs = [];
    private Endpoint _other;
    private Endpoint _proved;
    private bool _mustProve;
    private long _nextPingMs;
    private long _pingedMs;
    private long _waitingSinceMs = -1;

    public ServerConnection(NodeContext node, ServerAddress server, IServerUser user)
    {
        _node = node;
        _user = user;
        var path = node.NewReceivePath(new ReceivePath(null, this));
        _link = new ServerLink(node.Settings.Identity, node.Certificate, server.Endpoint, server.PublicKey, node.Random, path);
        _other = server.Other;
        Remote = Door;
    }

    /// <summary>The server's endpoint by which messages name it.</summary>
    public Endpoint Server => _link.Server;

    /// <summary>Whether the server answers, or did a moment ago.</summary>
    public bool IsUp => _link.IsUp && (_waitingSinceMs < 0 || _node.NowMs - _waitingSinceMs < SilenceMs);

    /// <summary>Our UDP address and port as the server sees them; none before the first Pong, and while UDP does not come through.</summary>
    public Endpoint Seen { get; private set; }

    /// <summary>Last measured round trip, or -1.</summary>
    public int RoundTripMs { get; private set; } = -1;

    public long DueMs => Math.Min(
        Math.Min(_handshake?.DueMs ?? long.MaxValue, _link.IsUp || _handshake is null ? _nextPingMs : long.MaxValue), Math.Min(DoorProbeDueMs, BesideDueMs));

    /// <summary>After a change of uplinks: the server must learn our address at once.</summary>
    public void OnUplinksChanged()
    {
        Seen = SeenBeside = default;
        ForgetTransport();
        _pings.Clear();
        _nextPingMs = _node.NowMs;
        _waitingSinceMs = -1;
        _handshake = _link.IsUp ? _handshake : null;
    }

    /// <summary>Shows the server our new certificate; the present session stays in use until the new one is there.</summary>
    public void OnCertificateRenewed()
    {
        _link.Certificate = _node.Certificate;
        BeginHandshake();
    }

    /// <summary>Something that goes through the server does not come back: it is asked at once whether it still knows us.</summary>
    public void Doubt()
    {
        if (_link.IsUp && _waitingSinceMs < 0 && _node.NowMs - _pingedMs >= DoubtEveryMs)
        {
            Ping(_node.NowMs);
        }
    }

    public void Tick()
    {
        var now = _node.NowMs;
        if (_handshake is null && !_link.IsUp)
        {
            BeginHandshake();
        }

        if (_handshake is { } retry)
        {
            if (retry.IsDue(now))
            {
                SendHello();
            }
            else if (retry.IsOver(now))
            {
                BeginHandshake();
            }
        }

        if (_link.IsUp && now >= _nextPingMs)
        {
            Ping(now);
        }

        ProbeDoor(now);
        LookBeside(now);
    }

    public void Send(ReadOnlySpan<byte> frames) => SendTo(Remote, frames);

    /// <summary>Sends one frame in one datagram, however long that gets: a probe of the way.</summary>
    public void SendWhole<T>(in T frame)
        where T : IFrame<T>
    {
        if (_link.IsUp)
        {
            _node.TrySend(Remote, _link.SealWhole(new FrameBuilder().Append(in frame).Written));
        }
    }

    public void Send<T>(in T frame)
        where T : IFrame<T> => Send(new FrameBuilder().Append(in frame).Written);

    public DropReason OnHandshake(int uplink, in Endpoint from, ReadOnlySpan<byte> datagram, ReceivePath? path)
    {
        var id = _link.RendezvousId;
        if (!IsAt(in from) || !_link.TryCompleteHandshake(datagram))
        {
            return DropReason.RefusedHandshake;
        }

        _node.Handshakes.Remove(id);
        _handshake = null;
        _waitingSinceMs = -1;
        (_proved, _mustProve) = (default, false);
        var moved = from != Remote;
        Use(in from);
        Ping(_node.NowMs);
        _user.OnServerUp(this);
        if (moved)
        {
            _user.OnMoving(this);
        }

        return DropReason.None;
    }

    /// <summary>Takes a sealed datagram whose path id is ours.</summary>
    public DropReason OnDatagram(int uplink, in Endpoint from, Span<byte> datagram)
    {
        var received = _link.Open(datagram, out var frames);
        if (received != LinkReceived.Frames)
        {
            return received == LinkReceived.Partial ? DropReason.None : DropReason.BadServerDatagram;
        }

        if (!IsAt(in from))
        {
            return DropReason.BadServerDatagram;
        }

        Weigh(in from);
        var reader = new FrameReader(frames);
        while (reader.TryRead(out var type, out var body))
        {
            if (!OnFrame(in from, type, body))
            {
                return DropReason.MalformedFrame;
            }
        }

        return reader.Malformed ? DropReason.MalformedFrame : DropReason.None;
    }

    private bool OnFrame(in Endpoint from, FrameType type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case FrameType.Pong:
                if (!Pong.TryRead(body, out var pong))
                {
                    return false;
                }

                OnPong(in pong, in from);
                return true;
            case FrameType.PathChallenge:
                if (!PathChallenge.TryRead(body, out var challenge))
                {
                    return false;
                }

                if (from == Remote)
                {
                    Prove(in challenge);
                }

                return true;
            default:
                return _user.OnServerFrame(this, type, body);
        }
    }

    private void OnPong(in Pong pong, in Endpoint from)
    {
        if (IsBeside(in from) && pong.Number == _besidePing)
        {
            SeeBeside(pong.Seen);
        }

        if (from != Remote || !_pings.TryGetValue(pong.Number, out var sentMs))
        {
            return;
        }

        RoundTripMs = (int)(_node.NowMs - sentMs);
        if (_proofs.Contains(pong.Number) || (!_mustProve && (_proved.IsNone || _proved == pong.Seen)))
        {
            _pings.Clear();
            _proofs.Clear();
            (_proved, _mustProve) = (pong.Seen, false);
            _nextPingMs = _node.NowMs + KeepAliveMs;
            _waitingSinceMs = -1;
        }

        if (!from.IsTcp)
        {
            See(pong.Seen);
        }
    }

    private void See(in Endpoint seen)
    {
        if (Seen != seen)
        {
            Seen = seen;
            _user.OnSeenChanged(this);
        }
    }

    // The server does not answer a PathResponse. A Ping rides with it: who answers that has read the response. Until then the server is asked
    // again and again, since it sends to our former address, and forwards nothing of ours.
    private void Prove(in PathChallenge challenge)
    {
        var now = _node.NowMs;
        _mustProve = true;
        _waitingSinceMs = _waitingSinceMs < 0 ? now : _waitingSinceMs;
        _nextPingMs = Math.Min(_nextPingMs, now + QuickPingMs);
        var number = NewPing(now);
        _proofs.Add(number);
        Send(new FrameBuilder().Append(new PathResponse(challenge.Nonce, Remote.OverUdp())).Append(new Ping(number)).Written);
        _user.OnMoving(this);
    }

    private uint NewPing(long now)
    {
        if (_pings.Count >= MaximumPings)
        {
            _pings.Clear();
            _proofs.Clear();
        }

        var number = _node.NextNumber();
        _pings[number] = _pingedMs = now;
        return number;
    }

    private void Ping(long now)
    {
        _waitingSinceMs = _waitingSinceMs < 0 ? now : _waitingSinceMs;
        var waited = now - _waitingSinceMs;
        if (waited > SilenceMs && _handshake is null)
        {
            BeginHandshake(); // the server may have forgotten us; the old session stays in use until the new one is there
        }

        var number = NewPing(now);
        _nextPingMs = now + Math.Max(QuickPingMs, Math.Min(waited, 1000));
        Send(new Ping(number));
        TryOthers(now, waited);
    }

    private void BeginHandshake()
    {
        _node.Handshakes.Remove(_link.RendezvousId);
        _hello = _link.BeginHandshake();
        _node.Handshakes[_link.RendezvousId] = this;
        _handshake = new Retry(250, 2000, 5);
        if (_handshake.IsDue(_node.NowMs))
        {
            SendHello();
        }
    }
}

/// <summary>Who gives a server connection its meaning.</summary>
internal interface IServerUser
{
    /// <summary>A handshake is complete: a new session.</summary>
    void OnServerUp(ServerConnection connection);

    /// <summary>The server sees us under another address.</summary>
    void OnSeenChanged(ServerConnection connection);

    /// <summary>From now on the server takes our datagrams from our present address only.</summary>
    void OnMoving(ServerConnection connection);

    /// <summary>A frame that is not the connection's own.</summary>
    /// <returns>False: malformed.</returns>
    bool OnServerFrame(ServerConnection connection, FrameType type, ReadOnlySpan<byte> body);
}
