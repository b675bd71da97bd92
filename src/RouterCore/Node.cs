using NTMobile.RouterCore.Dns;
using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Peers;
using NTMobile.RouterCore.Servers;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Tunnel;
using NTMobile.Security;

namespace NTMobile.RouterCore;

/// <summary>
/// The control path of one NTMobile node: the only writer of sessions, paths, contexts and names. It is stepped by one thread, one event after
/// another, opens no socket and reads no clock but the one it was given; what it decides goes out through <see cref="IActions"/> and into the
/// tables that <see cref="Router"/> reads.
/// </summary>
public sealed partial class Node
{
    private readonly NodeContext _context;
    private readonly LeaseBook _leases;
    private readonly Staging _staging;
    private readonly PeerBook _peers;
    private readonly NameService _names;
    private readonly EgressClient _egress;
    private readonly LoopState _early = new(); // of packets that come inside of handshakes
    private readonly WholePacketSink _earlyLan;

    /// <summary>Creates a node without uplinks, devices and groups.</summary>
    /// <param name="settings">Who it is.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="random">Its randomness.</param>
    /// <param name="tell">Puts an event into the mailbox from which <see cref="Step"/> is fed; false when that is full. Called by packet loops.</param>
    public Node(NodeSettings settings, TimeProvider time, IRandom random, Func<NodeEvent, bool> tell)
    {
        var tables = new RouterTables();
        _context = new NodeContext(settings, time, random, tables);
        _leases = new LeaseBook(_context);
        _staging = new Staging(_context);
        _peers = new PeerBook(_context, _leases, _staging);
        _names = new NameService(_context, _peers, _leases, _staging);
        _egress = new EgressClient(_context, _peers.Relays);
        _peers.Relays.Listener = _egress;
        _peers.Stranger += _names.NoteStranger;
        _peers.EarlyData += OnEarlyData;
        _earlyLan = new WholePacketSink(packet => _context.Act.SendToLan(packet));
        Router = new Router(tables, ZoneFilter.Of(settings), settings.VirtualPrefix, settings.LanAddress, tell, settings.Lan, random);
    }

    /// <summary>The packet path that uses this node's tables.</summary>
    public Router Router { get; }

    /// <summary>Milliseconds of the node's monotonic clock.</summary>
    public long NowMs => _context.NowMs;

    /// <summary>Sessions with peers that exist now, those included that nobody uses yet or any more.</summary>
    internal int Links => _peers.Links.Count();

    /// <summary>When the next <see cref="Tick"/> is due, in ms of the same clock.</summary>
    public long DueMs => Math.Min(_peers.DueMs, _egress.DueMs);

    /// <summary>Handles one event.</summary>
    /// <param name="happened">What happened.</param>
    /// <param name="act">Does what the node decides; used only during the call.</param>
    public void Step(NodeEvent happened, IActions act)
    {
        _context.Act = act;
        try
        {
            var reason = Handle(happened);
            if (reason != DropReason.None)
            {
                Router.Drops.Add(reason);
            }
        }
        finally
        {
            happened.GivenBy?.HasGone();
        }
    }

    private DropReason Handle(NodeEvent happened)
    {
        switch (happened)
        {
            case Tick:
                _peers.Tick();
                _staging.Tick();
                _egress.Tick();
                _context.Lanes.Tick(NowMs);
                return DropReason.None;
            case DatagramReceived datagram:
                return OnDatagram(datagram);
            case FramesReceived frames:
                return OnFrames(frames);
            case SourceObserved source:
                OnSource(source);
                return DropReason.None;
            case PacketHeld held:
                return _names.OnHeld(held);
            case DnsQueried query:
                return _names.OnQuery(query.Packet);
            case Ipv6Held held:
                return _names.OnHeld(held);
            case IcmpNeeded icmp:
                _names.Tell(icmp.Packet, icmp.Type, icmp.Code, icmp.Mtu);
                return DropReason.None;
            case LaneWanted wanted:
                _peers.Link(wanted.Context.Session)?.Translator?.OnWanted(wanted);
                return DropReason.None;
            case ProbeReceived probe:
                _peers.Link(probe.Lane.Path.Session)?.Translator?.OnProbe(probe);
                return DropReason.None;
            case DatagramTooBig tooBig:
                foreach (var link in _peers.Links)
                {
                    link.OnTooBig(in tooBig);
                }

                return DropReason.None;
            default:
                Configure(happened);
                return DropReason.None;
        }
    }

    private void Configure(NodeEvent happened)
    {
        switch (happened)
        {
            case UplinksChanged uplinks:
                _context.Uplinks = uplinks.Uplinks;
                _peers.OnUplinksChanged();
                _peers.Tick();
                _egress.OnUplinksChanged();
                break;
            case PortMappingsChanged mappings:
                _context.Mapped = mappings.Outside;
                _peers.Directions.OnMappingsChanged();
                break;
            case LanIpv6Changed lan:
                _context.StandIns.Own = lan.Addresses;
                break;
            case DevicesChanged devices:
                _context.Devices.Set(devices.Devices, _context.Settings.LanAddress);
                _context.Publishing.Set(devices.Devices.Where(d => d.Device.Address != _context.Settings.LanAddress));
                _peers.OnDevicesChanged();
                _egress.Tick();
                break;
            case GroupsChanged groups:
                _context.Groups.Set(groups.Groups);
                _peers.OnGroupsChanged();
                break;
            case CertificateRenewed renewed:
                _context.Certificate = renewed.Certificate;
                _peers.OnCertificateRenewed();
                break;
            case LeasesLoaded leases:
                _leases.Load(leases.Leases);
                break;
            case EgressWanted egress:
                _egress.IsWantedByPolicy = egress.Wanted;
                break;
            case TranslationConfigured translation:
                _context.Lanes.Configure(translation);
                break;
            case PingRequested ping:
                OnPing(ping);
                break;
            case StatusRequested status:
                status.Answer(Snapshot());
                break;
            case Stopping:
                _peers.Close();
                _context.Prekeys.EraseAll();
                break;
            default:
                throw new ArgumentException($"No such event: {happened}.", nameof(happened));
        }
    }

    private DropReason OnDatagram(DatagramReceived datagram)
    {
        if (Wire.Stun.StunMessage.MayBe(datagram.Datagram))
        {
            return _context.Stun.OnDatagram(datagram.Datagram);
        }

        if (Wire.HandshakeDatagram.TryRead(datagram.Datagram, out var handshake))
        {
            if (handshake.Type == Wire.DatagramType.Punch)
            {
                _context.Punching.OnPunch(handshake.RendezvousId, datagram.Uplink, datagram.From);
                return DropReason.None;
            }

            return _context.Handshakes.TryGetValue(handshake.RendezvousId, out var owner)
                ? owner.OnHandshake(datagram.Uplink, datagram.From, datagram.Datagram, datagram.Path)
                : DropReason.UnknownHandshake;
        }

        return datagram.Path?.Owner is ServerConnection server
            ? server.OnDatagram(datagram.Uplink, datagram.From, datagram.Datagram)
            : ReceiveAgain(datagram);
    }

    // It came right behind the message 2 that was handled just now: there is a session by now.
    private DropReason ReceiveAgain(DatagramReceived datagram)
    {
        if (!Wire.SealedDatagram.TryRead(datagram.Datagram, out var header) || _context.Tables.Path(header.PathId)?.Session is null)
        {
            return DropReason.UnknownPath;
        }

        datagram.GivenBy?.Give(); // until it has been received
        _context.Act.Receive(datagram.Uplink, datagram.From, datagram.Datagram, datagram.GivenBy);
        return DropReason.None;
    }

    private void OnEarlyData(PeerSession session, byte[] content)
    {
        _early.NowMs = NowMs;
        _earlyLan.Use(content);
        var reason = Router.FromHandshake(session, content, _early, _earlyLan);
        if (reason != DropReason.None)
        {
            Router.Drops.Add(reason);
        }
    }

    private DropReason OnFrames(FramesReceived frames)
    {
        if (_peers.Link(frames.Session) is not { } link)
        {
            return DropReason.UnknownPath;
        }

        _peers.OnConfirmed(link, frames.Uplink, frames.From);
        return link.OnFrames(frames.Uplink, frames.From, frames.DatagramSize, frames.Frames);
    }

    private void OnSource(SourceObserved source)
    {
        if (_peers.Link(source.Session) is { } link)
        {
            _peers.OnConfirmed(link, source.Uplink, source.From);
            link.OnSourceObserved(source.Uplink, source.From);
        }
    }

    private void OnPing(PingRequested ping)
    {
        // A device's name pings the router in front of it.
        var router = ping.Name;
        while (router.Count(c => c == '.') > _context.Settings.Zone.Count(c => c == '.') + 1)
        {
            router = router[(router.IndexOf('.', StringComparison.Ordinal) + 1)..];
        }

        var peer = _peers.Get(router);
        peer.Want(new Want(null, "", static () => { }, outcome =>
        {
            if (outcome == WantOutcome.Ready && peer.Link is { } link)
            {
                link.Ping((ms, path) => ping.Answer(new PingAnswer(ms, path, ms < 0 ? "no answer" : null)));
            }
            else
            {
                ping.Answer(new PingAnswer(-1, "", outcome.ToString()));
            }
        }));
    }
}
