using NTMobile.Packets;
using NTMobile.RouterCore.Groups;
using NTMobile.RouterCore.Servers;
using NTMobile.RouterCore.Sessions;
using NTMobile.Security.Noise;
using NTMobile.Security.Primitives;
using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers;

/// <summary>
/// A peer of a common group is about to begin a handshake: we open our filter towards its candidates, join the relay slot, and answer its
/// message 1 wherever a copy of it comes in.
/// </summary>
internal sealed class Invitation : Timed, IHandshakeOwner
{
    private const int ExpiresAfterMs = 15_000;
    private readonly PeerBook _book;
    private readonly Peer _peer;
    private readonly RouteDirection _route;
    private readonly Meeting _meeting;
    private readonly RelayLeg? _leg;
    private readonly Retry _punch = new(40, 800, 8);
    private readonly long _expiresMs;
    private readonly HashSet<(int Uplink, Endpoint From)> _answered = [];
    private byte[]? _response;
    private List<byte[]>? _early; // what came with message 1; null: not under a one-time key

    public Invitation(PeerBook book, Peer peer, Meeting meeting)
    {
        _book = book;
        _peer = peer;
        _meeting = meeting;
        var route = _route = meeting.Route;
        _expiresMs = book.Node.NowMs + ExpiresAfterMs;
        _leg = route.RelaySlot is { } slot ? book.Relays.Join(slot) : null;
        book.Node.Handshakes[route.RendezvousId] = this;
    }

    /// <summary>The session that came of it.</summary>
    public PeerLink? Link { get; private set; }

    /// <summary>Whether it waits for nothing any more.</summary>
    public bool IsOver { get; private set; }

    public override long DueMs => IsOver ? long.MaxValue : Link is null && _punch.HasTries ? Math.Min(_punch.DueMs, _expiresMs) : _expiresMs;

    public override void Tick()
    {
        var now = _book.Node.NowMs;
        if (IsOver)
        {
            return;
        }

        if (now >= _expiresMs)
        {
            Expire();
        }
        else if (Link is null && _punch.IsDue(now))
        {
            Punch();
        }
    }

    public DropReason OnHandshake(int uplink, in Endpoint from, ReadOnlySpan<byte> datagram, ReceivePath? path)
    {
        if (!HandshakeDatagram.TryRead(datagram, out var init) || init.Type != DatagramType.HandshakeInit)
        {
            return DropReason.UnknownHandshake;
        }

        var isFirst = _response is null;
        if (isFirst && !TryRespond(init.Message))
        {
            return DropReason.RefusedHandshake;
        }

        var answer = _response!.AsSpan();
        DatagramHeader.WritePathId(answer, path?.Owner == _leg && _leg is not null ? _leg.SendPath : PathId.None);
        _book.Node.Act.Send(uplink, in from, answer);
        _answered.Add((uplink, from));
        if (isFirst && _early is { } early)
        {
            _book.OnFresh(Link!, uplink, in from, early);
        }

        return DropReason.None;
    }

    /// <summary>Whether message 2 went there: who then speaks under its keys from there, has read it there.</summary>
    public bool HasAnswered(int uplink, in Endpoint from) => _answered.Contains((uplink, from));

    // Under the one-time key that the DS gave for this attempt, if we still have it, or under our static key.
    private bool TryRespond(ReadOnlySpan<byte> message)
    {
        var node = _book.Node;
        if (_route.Prekey is { } given && node.Prekeys.Find(given.Id) is { } key && TryRespond(message, key, isOneTime: true))
        {
            node.Prekeys.Erase(given.Id);
            return true;
        }

        return TryRespond(message, node.Settings.Identity.Static, isOneTime: false);
    }

    private bool TryRespond(ReadOnlySpan<byte> message, X25519KeyPair key, bool isOneTime)
    {
        var node = _book.Node;
        var group = _meeting.Group.Group;
        var prologue = PeerHandshake.Prologue(_meeting, node.Settings.Name, weInitiate: false);
        using var noise = NoiseHandshake.Responder(NoisePattern.IKpsk1, key, prologue, node.Random);
        noise.SetPsk(group.GroupKey);
        Span<byte> payload = stackalloc byte[HandshakeDatagram.MaxMessageSize];
        if (!noise.TryReadMessage(message, payload, out var length)
            || !PeerHandshake.TryReadPayload(payload[..length], _meeting, noise.RemoteStatic, node.WallClock, out var hello, out var frames)
            || !PeerHandshake.TryChoose(hello!.Suites, out var suite))
        {
            return false;
        }

        var ownIds = _book.NewPathIds(this);
        var answer = new FrameBuilder()
            .Append(new Hello((Wire.Frames.CipherSuites)Security.Session.CipherSuites.Bit(suite), ownIds))
            .Append(new Member(group.CertificateBytes));

        var verdicts = Judge(frames, GroupBook.IdOf(group));
        verdicts.ForEach(v => v.AppendAnswer(answer));
        Span<byte> response = stackalloc byte[HandshakeDatagram.MaxMessageSize];
        if (!noise.TryWriteMessage(answer.Written, response, out var written))
        {
            _book.Forget(ownIds, null);
            return false;
        }

        _response = new byte[HandshakeDatagram.HeaderSize + written];
        HandshakeDatagram.Write(_response, DatagramType.HandshakeResponse, PathId.None, _route.RendezvousId, response[..written]);
        var session = new PeerSession(_peer.Name, false, SecureSession.FromHandshake(noise, suite, node.Random));
        Link = _book.NewLink(session, new LinkTerms(group, _leg, _meeting.Candidates, hello.PathIds, ownIds));
        Link.Invitation = this;
        verdicts.ForEach(Link.Install);
        Link.Listen();
        _early = isOneTime ? Early(frames) : null;
        return true;
    }

    private static List<byte[]> Early(ReadOnlySpan<byte> frames)
    {
        var early = new List<byte[]>();
        var reader = new FrameReader(frames);
        while (reader.TryRead(out var type, out var body))
        {
            if (type == FrameType.EarlyData && EarlyData.TryRead(body, out var packet))
            {
                early.Add(packet.Content);
            }
        }

        return early;
    }

    // The answers ride in message 2, so the requests are judged before there is a session to install them in.
    private List<ContextVerdict> Judge(ReadOnlySpan<byte> frames, string group)
    {
        var verdicts = new List<ContextVerdict>();
        var reader = new FrameReader(frames);
        while (reader.TryRead(out var type, out var body))
        {
            if (type == FrameType.ContextInstall && ContextInstall.TryRead(body, out var asked))
            {
                verdicts.Add(_book.Judge.Judge(asked, _peer.Name, group, askerIsInitiator: true));
            }
        }

        return verdicts;
    }

    private void Punch()
    {
        var node = _book.Node;
        Span<byte> datagram = stackalloc byte[HandshakeDatagram.HeaderSize];
        HandshakeDatagram.Write(datagram, DatagramType.Punch, PathId.None, _route.RendezvousId, default);
        foreach (var uplink in node.Uplinks)
        {
            foreach (var candidate in _meeting.Candidates.Where(c => c.Endpoint.IsIpv4 == uplink.Local.IsIpv4 && c.Endpoint.Port != 0))
            {
                node.Act.Send(uplink.Number, candidate.Endpoint, datagram);
            }
        }
    }

    /// <summary>The peer has spoken in the session, or never will.</summary>
    public void End()
    {
        IsOver = true;
        _book.Forget(this);
        _book.Node.Handshakes.Remove(_route.RendezvousId);
        if (Link is { } link)
        {
            link.Invitation = null;
        }
    }

    /// <summary>Nobody came, or nobody ever spoke in the session: the peer did not get message 2, or has no more use for it.</summary>
    private void Expire()
    {
        End();
        if (Link is { } unused)
        {
            unused.Close(null);
            _book.Forget(unused);
        }
        else if (_leg is not null)
        {
            _book.Relays.Leave(_leg);
        }
    }
}
