using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.Security.Pccom;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers.Lanes;

/// <summary>
/// What one session does without its tunnel: the agreement with the peer, the proof that its path carries translated packets, and a lane for each flow
/// that pays. The tunnel carries everything until then and whatever has no lane, and takes over when there is any doubt.
/// <code>
/// direct path ─► offers ─► same mode: agreement ─► probes of both shapes, both ways ─► open ─► lanes on demand
///      ▲                                              │ no answer, forged packets, a lane that fails
///      └───────────── after a pause ◄─────────────────┘           another path: all anew
/// </code>
/// </summary>
/// <param name="node">Clock, settings, actions.</param>
/// <param name="session">Whose packets.</param>
/// <param name="tell">Sends frames to the peer on the path in use.</param>
/// <param name="wake">Asks for a tick soon.</param>
internal sealed partial class Translator(NodeContext node, PeerSession session, Action<byte[]> tell, Action wake)
{
    private const int FirstPauseMs = 10_000;
    private const int LongestPauseMs = 320_000;
    private const int GoodAfterMs = 60_000;
    private const int MostForged = 8;
    private const int ForgedWithinMs = 1000;
    private const int RestOfPortMs = 10_000;
    private PeerPath? _path;
    private TranslationOffer? _own;
    private TranslationOffer? _peer;
    private Agreement? _now;
    private Retry? _telling;
    private uint _number;
    private int _failures;
    private long _againMs;
    private bool _wasUsed; // the ports of the present offer go back with the agreement that is over
    private (long AtMs, long Count) _forged;

    /// <summary>In words, or empty while all goes by tunnel.</summary>
    public string Words => session.Translation is { } path ? path.Keys.Pccom is null ? "plain" : "pccom" : "";

    /// <summary>Flows that travel without the tunnel now.</summary>
    public int OpenLanes => _now?.Keepers.Count(k => k.Lane.CanSend) ?? 0;

    /// <summary>Whether something is due in a moment.</summary>
    public bool IsBusy => _telling is not null || _now?.Keepers.Exists(k => k.IsBusy) == true;

    /// <summary>Data goes there now; null: nowhere. Called whenever that may have changed.</summary>
    public void Follow(PeerPath? active)
    {
        var path = IsFit(active) ? active : null;
        if (path == _path)
        {
            if (path is not null && _now is { } now)
            {
                now.Path.MaximumPacket = SizeOn(path);
            }

            return;
        }

        End();
        (_path, _failures, _againMs) = (path, 0, 0);
        if (path is not null || _own is not null)
        {
            Offer();
        }
    }

    public void Tick(long now)
    {
        if (_telling?.IsDue(now) == true)
        {
            TellOffer();
        }
        else if (_telling?.IsOver(now) == true)
        {
            _telling = null; // the peer wants none, or knows nothing of it
        }

        if (_now is { } agreement)
        {
            TickLanes(agreement, now);
            WatchForged(agreement, now);
        }
        else if (_againMs != 0 && now >= _againMs && _path is not null)
        {
            _againMs = 0;
            Offer();
        }
    }

    /// <summary>The session is over.</summary>
    public void Close()
    {
        End();
        Withdraw();
        (_path, _own, _telling) = (null, null, null);
    }

    /// <summary>A frame of the peer's; null: none of the translator's.</summary>
    public bool? OnFrame(FrameType type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case FrameType.TranslationOffer:
                return TranslationOffer.TryRead(body, out var offer) && OnOffer(offer);
            case FrameType.LaneOpen:
                return LaneOpen.TryRead(body, out var open) && OnOpen(in open);
            case FrameType.LaneAnswer:
                return LaneAnswer.TryRead(body, out var answer) && OnAnswer(in answer);
            default:
                return null;
        }
    }

    private static bool IsFit(PeerPath? path) =>
        path is { IsRelay: false, IsValid: true, SizeKnown: true } && path.Remote is { IsIpv4: true, IsTcp: false } && path.Uplink is { Local.IsIpv4: true, Nat64: null };

    // Largest IPv4 packet of the path, as the tunnel's datagrams have proved it.
    private static int SizeOn(PeerPath path) => path.MaximumDatagram + Ipv4.MinimumHeaderLength + Udp.HeaderLength;

    private bool OnOffer(TranslationOffer offer)
    {
        if (_peer is { } known && offer.Number < known.Number)
        {
            return true; // late
        }

        var isNew = _peer?.Number != offer.Number;
        _peer = offer;
        _telling = offer.Seen == _own?.Number && offer.Mode != _own.Mode ? null : _telling; // else until the path is proved: our word may have been lost
        if (isNew && (_now is not null || _own is null))
        {
            End();
            Offer();
        }
        else if (isNew || offer.Seen != _own!.Number)
        {
            TellOffer();
        }

        TryAgree();
        return true;
    }

    // Fresh ports and a fresh share each time: nothing that is late can be taken for something new.
    private void Offer()
    {
        Withdraw();
        var mode = _path is not null && node.NowMs >= _againMs ? node.Lanes.Mode : TranslationMode.Tunnel;
        var block = mode == TranslationMode.Tunnel ? null : node.Lanes.TakeBlock();
        mode = block is null ? TranslationMode.Tunnel : mode;
        var share = new byte[TranslationOffer.ShareSize];
        node.Random.Fill(share);
        _own = new TranslationOffer(++_number, 0, mode, block ?? 0, share);
        _telling = new Retry(150, 2000, 6);
        wake();
    }

    private void TellOffer() => tell(new FrameBuilder().Append(_own! with { Seen = _peer?.Number ?? 0 }).ToArray());

    private void TryAgree()
    {
        if (_now is not null || _path is not { } path || _own is not { } own || _peer is not { } peer
            || peer.Seen != own.Number || peer.Mode != own.Mode || own.Mode == TranslationMode.Tunnel)
        {
            return;
        }

        var keys = new TranslationKeys(own.Share, peer.Share, session.IsInitiator, own.Mode == TranslationMode.Pccom);
        var translated = new TranslatedPath(session, path.Uplink.Owner, path.Uplink.Local.Ipv4Address, keys) { MaximumPacket = SizeOn(path) };
        _now = new Agreement(node, translated, path.Remote, own.FirstPort, peer.FirstPort);
        _forged = (node.NowMs, 0);
        _now.AddPathLanes();
        _now.Keepers.ForEach(k => k.Prove());
        wake();
    }

    private void Withdraw()
    {
        if (_own is { FirstPort: > 0 and var block } && !_wasUsed)
        {
            node.Lanes.GiveBack(block);
        }

        _wasUsed = false;
    }

    private void End()
    {
        session.Translation = null;
        if (_now is { } agreement)
        {
            _now = null;
            _wasUsed = true;
            node.Lanes.End(agreement, node.NowMs);
        }
    }

    // Back to the tunnel: at once here, and there as soon as the peer hears of it.
    private void Doubt(Agreement agreement)
    {
        var now = node.NowMs;
        _failures = now - agreement.BeganMs > GoodAfterMs ? 0 : _failures;
        _againMs = now + Math.Min(FirstPauseMs << Math.Min(_failures++, 8), LongestPauseMs);
        End();
        Offer();
    }

    private void WatchForged(Agreement agreement, long now)
    {
        if (now - _forged.AtMs >= ForgedWithinMs)
        {
            _forged = (now, agreement.Path.Forged);
        }
        else if (agreement.Path.Forged - _forged.Count > MostForged)
        {
            Doubt(agreement);
        }
    }
}
