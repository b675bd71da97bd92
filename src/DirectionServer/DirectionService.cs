using NTMobile.DirectionServer.Direction;
using NTMobile.DirectionServer.Dns;
using NTMobile.DirectionServer.Registration;
using NTMobile.DirectionServer.Relays;
using NTMobile.DirectionServer.Stun;
using NTMobile.Packets;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Wire;

namespace NTMobile.DirectionServer;

/// <summary>The role DS: registers the nodes of one zone and directs two of them to one another. Bytes and time in, datagrams out; no socket.</summary>
/// <remarks>Not for use by several threads at once; the counters may be read by any.</remarks>
public sealed partial class DirectionService
{
    private readonly DirectionOptions _options;
    private readonly IRandom _random;
    private readonly TimeProvider _time;
    private readonly PathTable _paths;
    private readonly Registrations _nodes;
    private readonly UnacknowledgedDirections _unacknowledged;
    private readonly ZoneAnswerer _zone;
    private readonly StunAnswerer _stun;
    private readonly List<RelaySupply> _relays = [];
    private long _tickedAt;

    /// <summary>Creates a direction server that knows the nodes which <paramref name="store"/> remembers.</summary>
    /// <param name="self">The DS's keys, and whom it trusts: nodes.</param>
    /// <param name="options">Zone, relays and bounds.</param>
    /// <param name="store">What outlives the process.</param>
    /// <param name="output">Where datagrams go.</param>
    /// <param name="random">Randomness.</param>
    /// <param name="time">The clock.</param>
    /// <param name="limits">Bounds of the sessions; the defaults if null.</param>
    public DirectionService(
        ServerIdentity self, DirectionOptions options, IRegistrationStore store, IDatagramOutput output, IRandom random, TimeProvider time, SessionLimits? limits = null)
    {
        _options = options;
        _random = random;
        _time = time;
        _paths = new PathTable(random);
        _nodes = new Registrations(options, store, time);
        _unacknowledged = new UnacknowledgedDirections(time);
        _zone = new ZoneAnswerer(new Zone(options, _nodes, time), options, random, time);
        _stun = new StunAnswerer(options, random, time);
        Sessions = new ServerSessions(self, new Owner(this), output, _paths, random, time, limits);
        foreach (var relay in options.Relays)
        {
            _relays.Add(new RelaySupply(relay, self.Keys, self.Certificate, _paths, output, random, time));
        }
    }

    /// <summary>The sessions of nodes.</summary>
    public ServerSessions Sessions { get; }

    /// <summary>What was refused, by reason.</summary>
    public DropCounters<DirectionDrop> Refused { get; } = new();

    /// <summary>Registrations accepted, the repeated ones too.</summary>
    public long RegistrationsAccepted { get; private set; }

    /// <summary>Directions given.</summary>
    public long DirectionsGiven { get; private set; }

    /// <summary>DNS questions answered, and those that came too often.</summary>
    public (long Answered, long Limited) DnsCounts => (_zone.Answered, _zone.Limited);

    /// <summary>STUN requests answered.</summary>
    public long StunAnswered => _stun.Answered;

    /// <summary>STUN messages that got no answer.</summary>
    public DropCounters<StunDrop> StunDrops => _stun.Drops;

    /// <summary>Nodes known, and those of them that are registered now.</summary>
    public (int Known, int Registered) NodeCounts => (_nodes.Count, _nodes.LiveCount);

    /// <summary>The relays, and whether slots can be given there now.</summary>
    public IEnumerable<(Endpoint Relay, bool Ready)> Relays => _relays.Select(supply => (supply.Relay.Endpoint, supply.IsReady));

    /// <summary>In how many milliseconds <see cref="Tick"/> wants to be called again at the latest.</summary>
    public int TickWithin => (int)Math.Clamp((_unacknowledged.NextDue ?? long.MaxValue) - _time.Milliseconds(), 1, 100);

    /// <summary>Takes one datagram.</summary>
    /// <param name="datagram">Changed in place.</param>
    /// <param name="from">Its source.</param>
    public void Receive(Span<byte> datagram, in Endpoint from)
    {
        if (!DatagramHeader.TryRead(datagram, out DatagramHeader header))
        {
            Sessions.Drops.Add(SessionDrop.NotForServers);
        }
        else if (header.Type == DatagramType.HandshakeResponse)
        {
            TakeResponse(datagram);
        }
        else if (header.PathId.IsNone)
        {
            Sessions.ReceiveHandshake(datagram, from);
        }
        else if (!_paths.TryFind(header.PathId, out object? owner))
        {
            Sessions.Drops.Add(SessionDrop.UnknownPath);
        }
        else if (owner is ServerSession session)
        {
            Sessions.Receive(session, datagram, from);
        }
        else if (!((RelaySupply)owner).Receive(datagram))
        {
            Sessions.Drops.Add(SessionDrop.NotOpened);
        }
    }

    /// <inheritdoc cref="ZoneAnswerer.Answer"/>
    public int AnswerDns(ReadOnlySpan<byte> query, DnsTransport transport, in Endpoint from, Span<byte> answer) =>
        _zone.Answer(query, transport, from, answer);

    /// <inheritdoc cref="StunAnswerer.Answer"/>
    public StunAnswer AnswerStun(ReadOnlySpan<byte> datagram, int place, in Endpoint from, Span<byte> answer) =>
        _stun.Answer(datagram, place, from, answer);

    /// <summary>Repeats what is due and forgets what is too old. <see cref="TickWithin"/> tells when to call it.</summary>
    public void Tick()
    {
        Refused.Add(DirectionDrop.NotAcknowledged, _unacknowledged.Tick());
        foreach (RelaySupply relay in _relays)
        {
            relay.Tick();
        }

        if (_time.Milliseconds() - _tickedAt >= 1000)
        {
            _tickedAt = _time.Milliseconds();
            Sessions.Tick();
            _nodes.ForgetOld();
        }
    }

    /// <summary>Shows another certificate to the relays from now on; to be called before the present one has expired.</summary>
    /// <param name="certificate">X.509 DER, for the same keys.</param>
    public void UseCertificate(byte[] certificate)
    {
        foreach (RelaySupply relay in _relays)
        {
            relay.Use(certificate);
        }
    }

    private void TakeResponse(ReadOnlySpan<byte> datagram)
    {
        foreach (RelaySupply relay in _relays)
        {
            if (relay.TryComplete(datagram))
            {
                return;
            }
        }

        Sessions.Drops.Add(SessionDrop.HandshakeForged);
    }
}
