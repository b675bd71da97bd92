using NTMobile.Packets;
using NTMobile.RouterCore.Servers;
using NTMobile.RouterCore.Sessions;
using NTMobile.Security.Identity;
using NTMobile.Security.Noise;
using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Identity;

namespace NTMobile.RouterCore.Peers;

/// <summary>
/// Our own handshake with a peer: message 1 to all candidates and to the relay at once, repeated until message 2 comes back on what works.
/// Under a one-time key of the peer's the first packets ride on message 1; it waits a moment for them. If nobody answers, the peer may have forgotten that
/// key, and a second message 1 goes out under its static key: each has its answer.
/// </summary>
internal sealed class InitiatorAttempt : IHandshakeOwner
{
    /// <summary>Longest life of an attempt, in ms: a stub resolver waits for 5 s.</summary>
    public const int LongestMs = 4000;

    private const int PatienceMs = 15; // a device that has its answer from the DNS sends its first packet sooner
    private const int FallBackMs = 600;
    private readonly PeerBook _book;
    private readonly Peer _peer;
    private readonly RouteDirection _route;
    private readonly Meeting _meeting;
    private readonly Prekey? _prekey;
    private readonly List<Offer> _offers = [];
    private readonly PathId[] _ownIds;
    private readonly RelayLeg? _leg;
    private readonly Retry _retry = new(60, 1000, 12);
    private readonly long _beginsMs;
    private readonly long _giveUpMs;
    private readonly List<Rider> _riders = [];

    public InitiatorAttempt(PeerBook book, Peer peer, Meeting meeting)
    {
        _book = book;
        _peer = peer;
        var route = _route = meeting.Route;
        _meeting = meeting;
        _prekey = route.Prekey is { } offered && PrekeySignature.Verify(meeting.Bundle, offered) ? offered : null;
        _beginsMs = book.Node.NowMs + (_prekey is not null && peer.ExpectsPackets ? PatienceMs : 0);
        _giveUpMs = book.Node.NowMs + LongestMs;
        _leg = route.RelaySlot is { } slot ? book.Relays.Join(slot) : null;
        _ownIds = book.NewPathIds(this);
        book.Node.Handshakes[route.RendezvousId] = this;
    }

    public long DueMs => _offers.Count == 0 ? _beginsMs : _retry.HasTries ? Math.Min(_retry.DueMs, _giveUpMs) : _giveUpMs;

    public void Tick()
    {
        var now = _book.Node.NowMs;
        if (now >= _giveUpMs)
        {
            var riding = Cancel();
            _peer.OnFailed(WantOutcome.Unreachable, riding);
        }
        else if (_offers.Count == 0)
        {
            if (now >= _beginsMs || _peer.HasPackets)
            {
                Begin();
            }
        }
        else if (_retry.IsDue(now))
        {
            if (_prekey is not null && _offers.Count == 1 && now >= _beginsMs + FallBackMs)
            {
                _offers.Add(Write(_meeting.Bundle.StaticKey, carriesPackets: false));
            }

            SendAll();
        }
    }

    /// <summary>Stops; returns what rode along.</summary>
    public IReadOnlyList<Want> Cancel()
    {
        End();
        _offers.ForEach(o => o.Noise.Dispose());
        _book.Forget(_ownIds, _leg);
        return [.. Riding];
    }

    public DropReason OnHandshake(int uplink, in Endpoint from, ReadOnlySpan<byte> datagram, ReceivePath? path)
    {
        // Only from where we sent message 1 to: anybody may copy message 2.
        var source = from;
        var expected = _leg?.Relay.IsAt(in source) == true || Candidates().Contains(source);
        if (!expected || !HandshakeDatagram.TryRead(datagram, out var response) || response.Type != DatagramType.HandshakeResponse)
        {
            return DropReason.RefusedHandshake;
        }

        Span<byte> payload = stackalloc byte[HandshakeDatagram.MaxMessageSize];
        var length = 0;
        Offer? taken = null;
        foreach (var offer in _offers)
        {
            if (offer.Noise.TryReadMessage(response.Message, payload, out length))
            {
                taken = offer;
                break;
            }
        }

        if (taken is null)
        {
            return DropReason.RefusedHandshake;
        }

        End();
        var good = PeerHandshake.TryReadPayload(
            payload[..length], _meeting, _meeting.Bundle.StaticKey, _book.Node.WallClock, out var hello, out var frames);
        if (good && PeerHandshake.TryChoose(hello!.Suites, out var suite))
        {
            Establish(uplink, in from, suite, taken, hello, frames);
        }
        else
        {
            _book.Forget(_ownIds, _leg);
            _peer.OnFailed(WantOutcome.NoCommonGroup, Riding);
            good = false;
        }

        _offers.ForEach(o => o.Noise.Dispose());
        return good ? DropReason.None : DropReason.RefusedHandshake;
    }

    private IEnumerable<Want> Riding => _riders.SelectMany(r => r.Wants);

    private void Establish(int uplink, in Endpoint from, CipherSuite suite, Offer taken, Hello hello, ReadOnlySpan<byte> frames)
    {
        var session = new PeerSession(_peer.Name, true, SecureSession.FromHandshake(taken.Noise, suite, _book.Node.Random));
        var link = _book.NewLink(session, new LinkTerms(_meeting.Group.Group, _leg, _meeting.Candidates, hello.PathIds, _ownIds));
        foreach (var rider in _riders)
        {
            link.Expect(rider.Install, rider.Local, rider.Wants.Select(w => w.Done));
        }

        link.StartOn(uplink, in from);
        var reader = new FrameReader(frames);
        while (reader.TryRead(out var type, out var body))
        {
            if (type == FrameType.ContextAccept && ContextAccept.TryRead(body, out var accept)
                && _riders.Find(r => r.Install.Context == accept.Context) is { } rider && taken.Early.GetValueOrDefault(rider) is { } early)
            {
                _book.HaveGone(rider.Local, _peer.Name, rider.RemoteLabel, early.Count);
                link.OnHandshakeFrame(type, body);
                link.NoteGone(accept.Context, early);
            }
            else
            {
                link.OnHandshakeFrame(type, body);
            }
        }

        link.Listen();
        _peer.OnLink(link, this);
    }

    private Offer Write(ReadOnlySpan<byte> responderKey, bool carriesPackets)
    {
        var node = _book.Node;
        var prologue = PeerHandshake.Prologue(_meeting, node.Settings.Name, weInitiate: true);
        var noise = NoiseHandshake.Initiator(NoisePattern.IKpsk1, node.Settings.Identity.Static, responderKey, prologue, node.Random);
        noise.SetPsk(_meeting.Group.Group.GroupKey);
        var frames = new FrameBuilder()
            .Append(new Hello(PeerHandshake.Offer, _ownIds))
            .Append(new Member(_meeting.Group.Group.CertificateBytes));
        _riders.ForEach(r => frames.Append(r.Install));
        _peer.TakeWants(want => TryRide(want, frames));
        var early = carriesPackets ? _riders.ToDictionary(r => r, r => Load(r, frames)) : [];
        Span<byte> message = stackalloc byte[HandshakeDatagram.MaxMessageSize];
        if (!noise.TryWriteMessage(frames.Written, message, out var written))
        {
            throw new InvalidOperationException("The peer's key is of low order; its bundle should have been refused.");
        }

        return new Offer(noise, message[..written].ToArray(), early);
    }

    // What has no room is asked for as soon as the session is there.
    private bool TryRide(Want want, FrameBuilder frames)
    {
        if (want.Local is null)
        {
            return false;
        }

        if (_riders.Find(r => r.Local == want.Local && r.RemoteLabel == want.RemoteLabel) is { } known)
        {
            known.Wants.Add(want);
            return true;
        }

        var install = ContextJudge.Request((ushort)(_riders.Count * 2), want.Local, want.RemoteLabel);
        if (frames.Written.Length + FrameWriter.SizeOf(in install) > PeerHandshake.MaximumPayload)
        {
            return false;
        }

        frames.Append(in install);
        _riders.Add(new Rider(install, want.Local, want.RemoteLabel, [want]));
        return true;
    }

    // The first of the packets that wait, as many as have room; the others go in the session, behind them.
    private List<EarlyPacket> Load(Rider rider, FrameBuilder frames)
    {
        var early = new List<EarlyPacket>();
        foreach (var held in _book.Waiting(rider.Local, _peer.Name, rider.RemoteLabel))
        {
            if (EarlyPacket.Of(held, rider.Install.Context) is not { } packet)
            {
                break;
            }

            var frame = new EarlyData(packet.Content);
            if (frames.Written.Length + FrameWriter.SizeOf(in frame) > PeerHandshake.MaximumPayload)
            {
                break;
            }

            frames.Append(in frame);
            early.Add(packet);
        }

        return early;
    }

    private void Begin()
    {
        _offers.Add(Write(_prekey?.Key ?? _meeting.Bundle.StaticKey, carriesPackets: _prekey is not null));
        _retry.IsDue(_book.Node.NowMs);
        SendAll();
    }

    private void SendAll()
    {
        var node = _book.Node;
        var message = _offers[^1].Message;
        var datagram = new byte[HandshakeDatagram.HeaderSize + message.Length];
        HandshakeDatagram.Write(datagram, DatagramType.HandshakeInit, PathId.None, _route.RendezvousId, message);
        foreach (var uplink in node.Uplinks)
        {
            foreach (var candidate in Candidates().Where(c => c.IsIpv4 == uplink.Local.IsIpv4))
            {
                node.Act.Send(uplink.Number, candidate, datagram);
            }
        }

        if (_leg is { IsUsable: true } leg)
        {
            DatagramHeader.WritePathId(datagram, leg.SendPath);
            node.TrySend(leg.Relay.Remote, datagram);
        }
    }

    private IEnumerable<Endpoint> Candidates() =>
        _meeting.Candidates.Select(c => c.Endpoint).Where(e => e.Port != 0 && !_book.Node.Uplinks.Any(u => u.Local == e)).Take(Candidate.MaxCount);

    private void End() => _book.Node.Handshakes.Remove(_route.RendezvousId);

    /// <summary>A message 1 that went out.</summary>
    /// <param name="Noise">Waits for message 2.</param>
    /// <param name="Message">The message.</param>
    /// <param name="Early">The packets in it.</param>
    private sealed record Offer(NoiseHandshake Noise, byte[] Message, Dictionary<Rider, List<EarlyPacket>> Early);

    /// <summary>A context that is asked for in message 1, and all who want it.</summary>
    private sealed record Rider(ContextInstall Install, LanDevice Local, string RemoteLabel, List<Want> Wants);
}
