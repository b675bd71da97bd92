using NTMobile.Packets;
using NTMobile.RouterCore.Servers;
using NTMobile.RouterCore.Sessions;
using NTMobile.Security.Noise;
using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers;

/// <summary>
/// Our own handshake with a peer: message 1 to all candidates and to the relay at once, repeated until message 2 comes back on what works.
/// </summary>
internal sealed class InitiatorAttempt : IHandshakeOwner
{
    private const int GiveUpMs = 4000; // a stub resolver waits for 5 s
    private readonly PeerBook _book;
    private readonly Peer _peer;
    private readonly RouteDirection _route;
    private readonly Meeting _meeting;
    private readonly NoiseHandshake _noise;
    private readonly byte[] _message;
    private readonly PathId[] _ownIds;
    private readonly RelayLeg? _leg;
    private readonly Retry _retry = new(60, 1000, 12);
    private readonly long _giveUpMs;
    private readonly List<(ContextInstall Install, Want Want)> _riding = [];

    public InitiatorAttempt(PeerBook book, Peer peer, Meeting meeting)
    {
        _book = book;
        _peer = peer;
        var route = _route = meeting.Route;
        _meeting = meeting;
        _giveUpMs = book.Node.NowMs + GiveUpMs;
        _leg = route.RelaySlot is { } slot ? book.Relays.Join(slot) : null;
        _ownIds = book.NewPathIds(this);
        var own = book.Node.Settings;
        var prologue = PeerHandshake.Prologue(meeting, own.Name, weInitiate: true);
        _noise = NoiseHandshake.Initiator(NoisePattern.IKpsk1, own.Identity.Static, meeting.Bundle.StaticKey, prologue, book.Node.Random);
        _noise.SetPsk(meeting.Group.Group.GroupKey);
        _message = WriteMessage();
        book.Node.Handshakes[route.RendezvousId] = this;
    }

    public long DueMs => _retry.HasTries ? Math.Min(_retry.DueMs, _giveUpMs) : _giveUpMs;

    public void Tick()
    {
        var now = _book.Node.NowMs;
        if (now >= _giveUpMs)
        {
            var riding = Cancel();
            _peer.OnFailed(WantOutcome.Unreachable, riding);
        }
        else if (_retry.IsDue(now))
        {
            SendAll();
        }
    }

    /// <summary>Stops; returns what rode along.</summary>
    public IReadOnlyList<Want> Cancel()
    {
        End();
        _noise.Dispose();
        _book.Forget(_ownIds, _leg);
        return [.. _riding.Select(r => r.Want)];
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
        if (!_noise.TryReadMessage(response.Message, payload, out var length))
        {
            return DropReason.RefusedHandshake;
        }

        End();
        using var finished = _noise;
        if (!PeerHandshake.TryReadPayload(payload[..length], _meeting, _noise.RemoteStatic, _book.Node.WallClock, out var hello, out var frames)
            || !PeerHandshake.TryChoose(hello!.Suites, out var suite))
        {
            _book.Forget(_ownIds, _leg);
            _peer.OnFailed(WantOutcome.NoCommonGroup, _riding.Select(r => r.Want));
            return DropReason.RefusedHandshake;
        }

        Establish(uplink, in from, suite, hello, frames);
        return DropReason.None;
    }

    private void Establish(int uplink, in Endpoint from, CipherSuite suite, Hello hello, ReadOnlySpan<byte> frames)
    {
        var session = new PeerSession(_peer.Name, true, SecureSession.FromHandshake(_noise, suite, _book.Node.Random));
        var link = _book.NewLink(session, new LinkTerms(_meeting.Group.Group, _leg, _meeting.Candidates, hello.PathIds, _ownIds));
        foreach (var (install, want) in _riding)
        {
            link.Expect(install, want.Local!, [want.Done]);
        }

        link.StartOn(uplink, in from);
        var reader = new FrameReader(frames);
        while (reader.TryRead(out var type, out var body))
        {
            link.OnHandshakeFrame(type, body);
        }

        _peer.OnLink(link, this);
    }

    private byte[] WriteMessage()
    {
        var frames = new FrameBuilder()
            .Append(new Hello(PeerHandshake.Offer, _ownIds))
            .Append(new Member(_meeting.Group.Group.CertificateBytes));
        _peer.TakeWants(want => TryRide(want, frames));
        Span<byte> message = stackalloc byte[HandshakeDatagram.MaxMessageSize];
        if (!_noise.TryWriteMessage(frames.Written, message, out var written))
        {
            throw new InvalidOperationException("The peer's static key is of low order; its bundle should have been refused.");
        }

        return message[..written].ToArray();
    }

    // What has no room is asked for as soon as the session is there.
    private bool TryRide(Want want, FrameBuilder frames)
    {
        if (want.Local is null)
        {
            return false;
        }

        var install = ContextJudge.Request((ushort)(_riding.Count * 2), want.Local, want.RemoteLabel);
        if (frames.Written.Length + FrameWriter.SizeOf(in install) > PeerHandshake.MaximumPayload)
        {
            return false;
        }

        frames.Append(in install);
        _riding.Add((install, want));
        return true;
    }

    private void SendAll()
    {
        var node = _book.Node;
        var datagram = new byte[HandshakeDatagram.HeaderSize + _message.Length];
        HandshakeDatagram.Write(datagram, DatagramType.HandshakeInit, PathId.None, _route.RendezvousId, _message);
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
}
