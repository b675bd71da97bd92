using NTMobile.DirectionServer;
using NTMobile.DirectionServer.Dns;
using NTMobile.DirectionServer.Registration;
using NTMobile.NetfilterBridge;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.ServerHost.Configuration;
using NTMobile.ServerHost.Control;
using NTMobile.ServerHost.Sockets;
using NTMobile.ServerHost.Streams;
using NTMobile.Storage;

namespace NTMobile.ServerHost.Composition;

/// <summary>The DS: its sockets (sessions and STUN; DNS over UDP and TCP), their threads, its registrations in the store, its status.</summary>
internal sealed class DsHost : IDisposable
{
    private readonly Lock _gate = new(); // one for all sockets: DirectionService is for one thread at a time
    private readonly NodeIdentity _keys;
    private readonly DirectionService _service;
    private readonly SocketOutput _output;
    private readonly StunSockets _stun;
    private readonly RoleLoop _sessions;
    private readonly RoleLoop _dns;
    private readonly DnsTcpListener[] _dnsTcp;

    /// <summary>Opens the sockets.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="options">What the DS is told.</param>
    /// <param name="self">Its keys and certificate.</param>
    /// <param name="advertised">Where nodes reach it.</param>
    /// <param name="streams">Its clients over TLS.</param>
    /// <param name="shortcut">Wraps the output to reach a relay of the same process.</param>
    /// <param name="store">The store, borrowed.</param>
    /// <param name="logger">Where mistakes are told.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="StartException">A socket cannot be opened.</exception>
    public DsHost(
        ServerConfig config,
        DirectionOptions options,
        ServerIdentity self,
        Advertised advertised,
        StreamClients streams,
        Func<IDatagramOutput, IDatagramOutput> shortcut,
        StoreFile store,
        ILogger logger,
        TimeProvider time)
    {
        _keys = self.Keys;
        UdpSocket[] sessions = Listening.Both("ds.listen", config.Ds.Listen, config.Ds.Listen6, Listening.Udp);
        UdpSocket[] own = [sessions[0], .. Listening.Stun(config.Ds), .. sessions[1..]]; // as StunPlaces, and that of IPv6 behind them
        UdpSocket[] dns = Listening.Both("ds.dns", config.Ds.Dns, config.Ds.Dns6, Listening.Udp);
        Endpoint[] places = [advertised.Ds, advertised.Ds6];
        _output = new SocketOutput(sessions, places, streams);
        Registrations = new RegistrationStore(store.Registrations, options.Remembered);
        _service = new DirectionService(self, options, Registrations, shortcut(_output), SystemRandom.Instance, time);
        _dnsTcp = [.. Listening.Both("ds.dns", config.Ds.Dns, config.Ds.Dns6, Listening.Tcp).Select(socket => new DnsTcpListener(socket, Answer, time))];
        _stun = new StunSockets(_service, own);
        Stream = new StreamRole(advertised.Ds.Port, _gate, TakeStream);
        _sessions = new RoleLoop("ds", own, new DsRole(_service, _output, sessions, _stun), _gate, logger, time);
        _dns = new RoleLoop("dns", dns, new DnsRole(_service, new SocketOutput(dns, places)), _gate, logger, time);
    }

    /// <summary>The registrations, to be flushed by a worker.</summary>
    public RegistrationStore Registrations { get; }

    /// <summary>The DS as clients over TLS reach it.</summary>
    public StreamRole Stream { get; }

    /// <summary>Starts the threads.</summary>
    public void Start()
    {
        _sessions.Start();
        _dns.Start();
        foreach (DnsTcpListener listener in _dnsTcp)
        {
            _ = listener.RunAsync();
        }
    }

    /// <summary>Shows another certificate to the relays from now on.</summary>
    public void Use(byte[] certificate)
    {
        lock (_gate)
        {
            _service.UseCertificate(certificate);
        }
    }

    /// <summary>The counters at this time.</summary>
    public DsStatus Status()
    {
        lock (_gate)
        {
            (int known, int registered) = _service.NodeCounts;
            (long answered, long limited) = _service.DnsCounts;
            return new DsStatus
            {
                Listen = _sessions.Local.ToString(),
                Dns = _dns.Local.ToString(),
                PublicKey = Convert.ToBase64String(_keys.Static.PublicKey),
                NodesKnown = known,
                NodesRegistered = registered,
                Sessions = _service.Sessions.Count,
                Registrations = _service.RegistrationsAccepted,
                Directions = _service.DirectionsGiven,
                DnsAnswered = answered,
                DnsLimited = limited,
                Stun = [.. _stun.Locals.Select(local => local.ToString())],
                StunAnswered = _service.StunAnswered,
                Relays = _service.Relays.ToDictionary(relay => relay.Relay.ToString(), relay => relay.Ready),
                Refused = StatusCounts.Of(_service.Refused.NonZero()),
                Drops = StatusCounts.Sum(
                    StatusCounts.Of(_service.Sessions.Drops.NonZero()), StatusCounts.Of(_service.StunDrops.NonZero()), StatusCounts.Of(_output.Drops.NonZero()),
                    StatusCounts.Of(_stun.Drops.NonZero()), StatusCounts.Of(_sessions), StatusCounts.Of(_dns)),
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DnsTcpListener listener in _dnsTcp)
        {
            listener.Dispose();
        }

        _dns.Dispose();
        _sessions.Dispose();
        Stream.Dispose();
    }

    private void TakeStream(Span<byte> run, int datagramSize, in Endpoint from)
    {
        for (int at = 0; at < run.Length; at += datagramSize)
        {
            _service.Receive(run[at..Math.Min(at + datagramSize, run.Length)], from);
        }
    }

    private int Answer(ReadOnlySpan<byte> query, DnsTransport transport, in Endpoint from, Span<byte> answer)
    {
        lock (_gate)
        {
            return _service.AnswerDns(query, transport, from, answer);
        }
    }
}
