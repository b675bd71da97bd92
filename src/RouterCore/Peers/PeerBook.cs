using NTMobile.RouterCore.Groups;
using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Servers;
using NTMobile.RouterCore.Sessions;
using NTMobile.Security.Identity;
using NTMobile.Wire;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Identity;

namespace NTMobile.RouterCore.Peers;

/// <summary>All peers by name, and what they need in common.</summary>
internal sealed class PeerBook
{
    private const int MaximumInvitations = 256;
    private const int MaximumIdlePeers = 256;
    private const int RendezvousMs = 60_000;
    private const int SweepEveryMs = 60_000;
    private readonly Dictionary<string, Peer> _peers = [];
    private readonly HashSet<ulong> _rendezvous = [];
    private readonly Queue<(ulong Id, long AtMs)> _rendezvousByTime = [];
    private readonly Dictionary<PeerSession, PeerLink> _links = [];
    private readonly LeaseBook _leases;
    private readonly Staging _staging;
    private int _invitations;
    private int _peersToSweepAt = MaximumIdlePeers;
    private long _sweepMs;

    public PeerBook(NodeContext node, LeaseBook leases, Staging staging)
    {
        Node = node;
        _leases = leases;
        _staging = staging;
        Judge = new ContextJudge(node, leases);
        Relays = new RelayClient(node, () => Directions!.OnSeenChanged());
        Directions = new DirectionClient(node, Relays, OnInvited, OnCandidatesChanged);
    }

    public NodeContext Node { get; }

    public RelayClient Relays { get; }

    public DirectionClient Directions { get; }

    public ContextJudge Judge { get; }

    public IEnumerable<Peer> All => _peers.Values;

    /// <summary>Peers that asked for us without a common group.</summary>
    public event Action<string>? Stranger;

    public long DueMs => Math.Min(Math.Min(Relays.DueMs, Directions.DueMs), Node.Agenda.DueMs);

    public Peer Get(string name)
    {
        if (!_peers.TryGetValue(name, out var peer))
        {
            _peers[name] = peer = new Peer(name, this);
        }

        return peer;
    }

    public PeerLink? Link(PeerSession session) => _links.GetValueOrDefault(session);

    public IEnumerable<PeerLink> Links => _links.Values;

    public void Tick()
    {
        Directions.Tick();
        Relays.Tick();
        Node.Agenda.Tick(Node.NowMs);
        ForgetIdlePeers();
        ForgetOldRendezvous();
    }

    private void ForgetOldRendezvous()
    {
        while (_rendezvous.Count > MaximumInvitations && Node.NowMs - _rendezvousByTime.Peek().AtMs > RendezvousMs)
        {
            _rendezvous.Remove(_rendezvousByTime.Dequeue().Id);
        }
    }

    // A LAN device may ask for any number of names. With many sessions, looking through all peers has to pay: after so many new ones, or a minute.
    private void ForgetIdlePeers()
    {
        if (_peers.Count <= MaximumIdlePeers || (_peers.Count <= _peersToSweepAt && Node.NowMs < _sweepMs))
        {
            return;
        }

        foreach (var (name, peer) in _peers)
        {
            if (peer.IsIdle)
            {
                _peers.Remove(name);
            }
        }

        _peersToSweepAt = _peers.Count + MaximumIdlePeers;
        _sweepMs = Node.NowMs + SweepEveryMs;
    }

    public void OnUplinksChanged()
    {
        Directions.OnUplinksChanged();
        Relays.OnUplinksChanged();
        foreach (var link in _links.Values.ToArray())
        {
            link.OnUplinksChanged();
        }
    }

    public void OnCertificateRenewed()
    {
        Directions.OnCertificateRenewed();
        foreach (var relay in Relays.Connections)
        {
            relay.OnCertificateRenewed();
        }
    }

    public void OnDevicesChanged()
    {
        Directions.Register();
        foreach (var link in _links.Values.ToArray())
        {
            link.OnDevicesChanged();
        }
    }

    public void OnGroupsChanged()
    {
        Directions.OnGroupsChanged();
        foreach (var link in _links.Values.Where(l => !Node.Groups.All.Any(g => GroupBook.IdOf(g) == GroupBook.IdOf(l.Group))).ToArray())
        {
            link.Close(CloseReason.Refused);
        }
    }

    /// <summary>Tells all peers that we go.</summary>
    public void Close()
    {
        foreach (var link in _links.Values.ToArray())
        {
            link.Close(CloseReason.ShuttingDown);
        }
    }

    public PathId[] NewPathIds(object owner)
    {
        var path = new ReceivePath(null, owner);
        return [.. Enumerable.Range(0, PeerHandshake.PathIds).Select(_ => Node.NewReceivePath(path))];
    }

    public PeerLink NewLink(PeerSession session, LinkTerms terms)
    {
        var link = new PeerLink(Node, _leases, _staging, Judge, session, terms);
        _links[session] = link;
        return link;
    }

    /// <summary>A packet of message 1 under a one-time key: session, and what would be sealed in a Data datagram.</summary>
    public event Action<PeerSession, byte[]>? EarlyData;

    /// <summary>Packets of a LAN device to a peer's device that wait, in their order.</summary>
    public IReadOnlyList<PacketHeld> Waiting(LanDevice local, string peer, string remoteLabel) =>
        _leases.Get(peer, remoteLabel) is { } lease ? _staging.Waiting(local.Address, lease.Address) : [];

    /// <summary>The first of them wait no more: they rode on message 1.</summary>
    public void HaveGone(LanDevice local, string peer, string remoteLabel, int count)
    {
        if (_leases.Get(peer, remoteLabel) is { } lease)
        {
            _staging.RemoveFirst(local.Address, lease.Address, count);
        }
    }

    /// <summary>An attempt failed: nothing of it stays in the tables.</summary>
    public void Forget(PathId[] ids, RelayLeg? leg)
    {
        foreach (var id in ids)
        {
            Node.Tables.SetPath(id, null);
        }

        if (leg is not null)
        {
            Relays.Leave(leg);
        }
    }

    /// <summary>A session is over.</summary>
    public void Forget(PeerLink link)
    {
        if (!_links.Remove(link.Session))
        {
            return;
        }

        link.RemoveContexts();
        if (link.Leg is { } leg)
        {
            Relays.Leave(leg);
        }
    }

    /// <summary>Checks what a direction says of the peer and finds the common group.</summary>
    /// <returns>Null: the bundle is not the peer's, or there is no common group.</returns>
    public Meeting? Meet(RouteDirection route, string peer)
    {
        if (GroupBook.ReadBundle(route.Bundle) is not { } bundle || bundle.Node != peer || route.Peer != peer)
        {
            return null;
        }

        if (!Node.Groups.TryChoose(Directions.Bundle, bundle, out var group))
        {
            return null;
        }

        SealedCandidates.TryOpen(route.SealedCandidates, bundle, group.Group, out var candidates); // without them there is still the relay
        return new Meeting(route, Directions.Bundle, bundle, group, candidates);
    }

    /// <summary>The first frames of a session that a peer began have come: it is in use from now on.</summary>
    public void OnConfirmed(PeerLink link, int uplink, in Packets.Endpoint from)
    {
        if (link.Invitation is { } invitation)
        {
            invitation.End();
            if (invitation.HasAnswered(uplink, in from))
            {
                link.StartOn(uplink, in from);
            }

            Use(link);
        }
    }

    /// <summary>Message 1 of an invited peer came under a one-time key: nobody repeats it, and we may answer the packets in it before the peer has spoken.</summary>
    /// <param name="link">The session that it began.</param>
    /// <param name="uplink">Where it came in.</param>
    /// <param name="from">Where it came from.</param>
    /// <param name="early">The packets in it.</param>
    public void OnFresh(PeerLink link, int uplink, in Packets.Endpoint from, IReadOnlyList<byte[]> early)
    {
        if (early.Count > 0 && Get(link.Session.PeerName).MayBeBegunAnew)
        {
            link.IsFresh = true;
            link.StartOn(uplink, in from);
            Use(link);
        }

        foreach (var content in early)
        {
            EarlyData?.Invoke(link.Session, content);
        }
    }

    private void Use(PeerLink link)
    {
        if (!link.IsInUse)
        {
            link.OnConfirmed();
            Get(link.Session.PeerName).OnLink(link, null);
        }
    }

    /// <summary>An invitation waits for nothing any more.</summary>
    public void Forget(Invitation invitation)
    {
        _invitations--;
        Node.Agenda.Remove(invitation);
    }

    private void OnCandidatesChanged()
    {
        var candidates = Directions.Candidates();
        foreach (var link in _links.Values.ToArray())
        {
            link.OnCandidatesChanged(candidates);
        }
    }

    private void OnInvited(RouteDirection route)
    {
        // The DS repeats itself until it is answered, perhaps after the handshake is over.
        if (!_rendezvous.Add(route.RendezvousId))
        {
            return;
        }

        _rendezvousByTime.Enqueue((route.RendezvousId, Node.NowMs));
        if (_invitations >= MaximumInvitations)
        {
            return;
        }

        if (Meet(route, route.Peer) is not { } meeting)
        {
            Stranger?.Invoke(route.Peer);
            return;
        }

        var invitation = new Invitation(this, Get(route.Peer), meeting);
        _invitations++;
        invitation.Tick();
        Node.Agenda.Put(invitation);
    }
}

/// <summary>A route to a peer of a common group.</summary>
/// <param name="Route">What the DS said.</param>
/// <param name="OwnBundle">Our bundle at that moment.</param>
/// <param name="Bundle">The peer's, checked.</param>
/// <param name="Group">The group by which both authenticate.</param>
/// <param name="Candidates">Where the peer says that it may be reached.</param>
internal sealed record Meeting(RouteDirection Route, byte[] OwnBundle, NodeBundle Bundle, CommonGroup Group, Candidate[] Candidates);
