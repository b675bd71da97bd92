using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers;

internal sealed partial class PeerLink
{
    private const int MaximumPaths = 24;
    private const int SilenceMs = 600;
    private const int SilentProbeMs = 150;
    private const int DeadAfterUnanswered = 5;
    private const int LookAgainMs = 20_000;
    private const int SilentLookAgainMs = 3_000;
    private const int OpeningMarginMs = 3; // round trips are measured in whole milliseconds, now and then by a busy machine
    private const int LongestOpeningMs = 100;
    private readonly List<PeerPath> _paths = [];
    private readonly Queue<PathId> _peerIds;
    private readonly List<PathId> _ownIds;
    private readonly List<(int Uplink, Endpoint Local, PathId Id)> _directIds = new(1); // two uplinks may have the same private address
    private Candidate[] _candidates;
    private Retry? _campaign;
    private long _campaignAgainMs;
    private long _silentSinceMs = -1;
    private long _opensMs; // when the active path opens; 0: it is open

    /// <summary>The path that data goes out on.</summary>
    public PeerPath? ActivePath { get; private set; }

    /// <summary>The handshake showed that this path works in both directions: data may flow on it.</summary>
    public void StartOn(int uplink, in Endpoint remote)
    {
        var path = FindOrAdd(uplink, in remote);
        path?.MarkValid();
        Choose();
        StartCampaign();
    }

    /// <summary>An authenticated packet came from an address that the session did not know.</summary>
    public void OnSourceObserved(int uplink, in Endpoint from)
    {
        var path = Hear(uplink, in from);
        if (path is { IsValid: false } && MaySpeak)
        {
            Challenge(path, 0);
        }
    }

    /// <summary>For how long nothing has come and no path has been proved to work, though there are uplinks; 0: one is.</summary>
    public long SilentMs => _silentSinceMs < 0 ? 0 : _node.NowMs - _silentSinceMs;

    private void TickPaths(long now)
    {
        var isSilent = _node.Uplinks.Count > 0 && !_paths.Exists(p => p.IsValid) && now - LastHeardMs >= SilenceMs;
        _silentSinceMs = !isSilent ? -1 : _silentSinceMs < 0 ? now : _silentSinceMs;
        if (_campaign is null && now >= _campaignAgainMs && ActivePath is null or { IsRelay: true } or { IsValid: false })
        {
            StartCampaign();
        }

        if (_campaign?.IsDue(now) == true)
        {
            foreach (var path in _paths)
            {
                if (!path.IsValid)
                {
                    Challenge(path, 0);
                }
            }
        }
        else if (_campaign?.IsOver(now) == true)
        {
            _campaign = null;
            _campaignAgainMs = now + (isSilent ? SilentLookAgainMs : LookAgainMs);
        }

        // The peer speaks on a path that was given up, or was never proved: ask at once.
        foreach (var path in _paths)
        {
            if (!path.IsValid && path.Source.LastHeardMs > path.LastProbeMs && now - path.LastProbeMs >= SilentProbeMs)
            {
                Challenge(path, 0);
            }

            if (path.Sizing is { } retry)
            {
                TickSize(path, retry, now);
            }
        }

        WatchActive(now);
        if (_node.Uplinks.Count > 0 && LastHeardMs < now - LostAfterMs && EstablishedMs < now - LostAfterMs
            && _uplinksSinceMs < now - LostAfterMs && ActivePath is null or { IsValid: false })
        {
            Close(null);
        }
    }

    private long LastHeardMs
    {
        get
        {
            var last = 0L;
            foreach (var path in _paths)
            {
                last = Math.Max(last, path.Source.LastHeardMs);
            }

            return last;
        }
    }

    // All pairs of uplink and candidate, and the relay. The peer does the same at the same time, which opens both filters.
    private void StartCampaign()
    {
        Forget(p => p is { IsRelay: false, LastProvedMs: > 0 } && p != ActivePath && !MayReachUs(p));
        foreach (var uplink in _node.Uplinks)
        {
            // The relay knows us by one address only, that of the preferred uplink.
            if (Leg is not null && uplink == _node.UplinkFor(Leg.Relay.Remote))
            {
                FindOrAdd(uplink.Number, Leg.Relay.Remote);
            }

            foreach (var candidate in _candidates.Where(c => IsPlausible(c.Endpoint, uplink)))
            {
                FindOrAdd(uplink.Number, candidate.Endpoint);
            }
        }

        _campaign = NewCampaign();
        Wake();
    }

    private static Retry NewCampaign() => new(40, 1600, 8);

    private bool IsPlausible(Endpoint remote, Uplink uplink)
    {
        if (remote.IsIpv4 != uplink.Local.IsIpv4 || remote.Port == 0 || _node.Uplinks.Any(u => u.Local == remote))
        {
            return false;
        }

        var first = remote.IsIpv4 ? remote.Ipv4Address >> 24 : (uint)(remote.Address >> 120);
        return remote.IsIpv4
            ? first is > 0 and < 224 and not 127 && !_node.Settings.VirtualPrefix.Contains(remote.Ipv4Address)
            : first is > 0 and < 0xFE && !VirtualIpv6.Contains(remote.Address);
    }

    private void Challenge(PeerPath path, int size)
    {
        var nonce = _node.RandomNumber();
        var padding = Math.Max(0, size - SealedDatagram.Overhead - FrameWriter.SizeOf(new PathChallenge(nonce)));
        path.Challenged(nonce, size, _node.NowMs);
        Send(path, new PathChallenge(nonce, padding));
    }

    private bool OnChallenge(in PathChallenge challenge, PeerPath? path)
    {
        Answer(path, new PathResponse(challenge.Nonce, path?.Remote ?? default));
        if (path is { IsValid: false, Unanswered: < DeadAfterUnanswered } && MaySpeak)
        {
            Challenge(path, 0);
        }

        return true;
    }

    private bool OnResponse(in PathResponse response)
    {
        foreach (var path in _paths)
        {
            var size = path.MaximumDatagram;
            if (path.Answered(response.Nonce, _node.NowMs))
            {
                if (!path.SizeKnown)
                {
                    path.BeginSizing();
                    Wake();
                }

                Choose();
                if (path == ActivePath && path.MaximumDatagram != size)
                {
                    Publish();
                }

                break;
            }
        }

        return true;
    }

    // Direct before relayed, UDP before TCP, then the interface's order, IPv6 before IPv4 and that before a NAT64, then the round trip; a path of the same
    // rank must be clearly quicker.
    private void Choose()
    {
        PeerPath? best = null;
        foreach (var path in _paths.Where(p => p.IsValid))
        {
            best = best is null || Rank(path) < Rank(best) || (Rank(path) == Rank(best) && IsClearlyQuicker(path, best)) ? path : best;
        }

        if (best is null || best == ActivePath)
        {
            return;
        }

        if (ActivePath is not { IsValid: true } active || Rank(best) < Rank(active) || IsClearlyQuicker(best, active))
        {
            _opensMs = OpeningOf(best, ActivePath);
            ActivePath = best;
            Publish();
            Wake();
        }

        if (!best.SizeKnown)
        {
            best.BeginSizing();
        }
    }

    // Half the difference of the round trips: what goes out then arrives when it would have arrived by the slower path.
    private long OpeningOf(PeerPath path, PeerPath? former)
    {
        if (former is not { IsValid: true } || path.RoundTripMs < 0 || former.RoundTripMs <= path.RoundTripMs || Session.Counters.PacketsOut == 0)
        {
            return 0;
        }

        return _node.NowMs + Math.Min(((former.RoundTripMs - path.RoundTripMs + 1) / 2) + OpeningMarginMs, LongestOpeningMs);
    }

    private void TickOpening(long now)
    {
        if (_opensMs != 0 && now >= _opensMs)
        {
            _opensMs = 0;
            Publish();
        }
    }

    private int Rank(PeerPath path)
    {
        var order = 0;
        while (order < _node.Uplinks.Count && _node.Uplinks[order].Name != path.Uplink.Name)
        {
            order++;
        }

        var version = path.Uplink switch
        {
            { Local.IsIpv6: true } => 0,
            { Nat64: null } => 1,
            _ => 2,
        };
        return (path.IsRelay ? 1000 : 0) + (path.Remote.IsTcp ? 500 : 0) + (4 * order) + version;
    }

    private static bool IsClearlyQuicker(PeerPath path, PeerPath than) =>
        path.RoundTripMs >= 0 && (than.RoundTripMs < 0 || (path.RoundTripMs * 5 / 4) + 5 < than.RoundTripMs);

    private void Publish(long budget = long.MaxValue)
    {
        Translator?.Follow(ActivePath);
        if (ActivePath is not { } path)
        {
            Session.Active = null;
            return;
        }

        foreach (var context in Session.Contexts)
        {
            context.Close();
        }

        var published = new SendPath(path.Uplink.Number, path.Remote, path.SendId, path.MaximumDatagram)
        {
            SizeKnown = path.SizeKnown,
            Budget = budget,
            Source = path.Source,
        };
        Session.Active = published;
        if (_opensMs != 0)
        {
            return;
        }

        foreach (var context in Session.Contexts)
        {
            Open(context, published);
        }
    }

    // As FindOrAdd, for the source of an authenticated packet.
    private PeerPath? Hear(int uplink, in Endpoint from)
    {
        var path = FindOrAdd(uplink, in from);
        if (path is not null)
        {
            path.Source.LastHeardMs = _node.NowMs;
        }

        return path;
    }

    private PeerPath? FindOrAdd(int uplinkNumber, in Endpoint remote)
    {
        foreach (var known in _paths)
        {
            if (known.Is(uplinkNumber, in remote))
            {
                return known;
            }
        }

        if (_node.Socket(uplinkNumber) is not { } uplink)
        {
            return null;
        }

        if (_paths.Count >= MaximumPaths && _paths.Find(p => !p.IsValid && p != ActivePath) is { } unused)
        {
            _paths.Remove(unused);
        }

        var leg = Leg is { } l && l.Relay.IsAt(in remote) ? l : null;
        var path = new PeerPath(uplink, remote, leg, leg?.SendPath ?? DirectId(uplink));
        _paths.Add(path);
        Session.Sources = [.. _paths.Select(p => p.Source)];
        return path;
    }

    // A fresh id for each place that we send from, so that nobody on the way can link the places.
    private PathId DirectId(Uplink uplink)
    {
        var known = _directIds.FindIndex(d => d.Uplink == uplink.Owner && d.Local.Address == uplink.Local.Address);
        if (known >= 0)
        {
            return _directIds[known].Id;
        }

        var id = _peerIds.Count > 1 ? _peerIds.Dequeue() : _peerIds.Peek();
        _directIds.Add((uplink.Owner, uplink.Local, id));
        return id;
    }
}
