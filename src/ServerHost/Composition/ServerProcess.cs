// How a server starts:
//   1. state folder and store; 2. keys of the roles; 3. the KMS with the provider's CA; 4. certificates of DS and RS, by that KMS or one elsewhere;
//   5. all sockets; 6. threads and web servers. What was opened is closed in the opposite order, also when a later step fails.
using NTMobile.DirectionServer;
using NTMobile.KeyServer;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.ServerHost.Configuration;
using NTMobile.ServerHost.Control;
using NTMobile.ServerHost.Sockets;
using NTMobile.ServerHost.Streams;
using NTMobile.ServerHost.Web;
using NTMobile.Storage;
using NTMobile.Wire.Frames;
using NTMobile.Wire.KeyServer;

namespace NTMobile.ServerHost.Composition;

/// <summary>The roles of one configuration, running.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly ServerConfig _config;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Advertised _advertised;
    private readonly Closing _closing = new();
    private readonly StreamClients _streams = new();
    private StateDirectory _state = null!;
    private StoreFile? _store;
    private KeyServerRole? _kms;
    private DsHost? _ds;
    private RsHost? _rs;

    private ServerProcess(ServerConfig config, ILoggerFactory logs, TimeProvider time)
    {
        _config = config;
        _logs = logs;
        _logger = logs.CreateLogger("ntm-server");
        _time = time;
        _started = time.GetTimestamp();
        _advertised = new Advertised(config);
    }

    /// <summary>Starts the roles; all sockets listen when it returns.</summary>
    /// <exception cref="StartException">Something is in the way.</exception>
    /// <exception cref="KeyFileException">A key cannot be used.</exception>
    /// <exception cref="StoreException">The store cannot be opened.</exception>
    public static async Task<ServerProcess> StartAsync(ServerConfig config, ILoggerFactory logs, TimeProvider time, CancellationToken stop)
    {
        var server = new ServerProcess(config, logs, time);
        try
        {
            await server.StartAsync(stop).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _closing.DisposeAsync();

    private async Task StartAsync(CancellationToken stop)
    {
        _state = StateDirectory.Open(_config.StateDirectory);
        if (_config.Plays("ds") || _config.Plays("kms"))
        {
            _store = _closing.Add(_state.OpenStore(_time, _logger));
        }

        NodeIdentity? dsKeys = _config.Plays("ds") ? OpenKeys(ServerRole.Ds(_config)) : null;
        NodeIdentity? rsKeys = _config.Plays("rs") ? OpenKeys(ServerRole.Rs(_config)) : null;
        if (_config.Plays("kms"))
        {
            OpenKms(dsKeys);
        }

        if (rsKeys is not null)
        {
            await OpenRs(rsKeys, stop).ConfigureAwait(false);
        }

        if (dsKeys is not null)
        {
            await OpenDs(dsKeys, rsKeys, stop).ConfigureAwait(false);
        }

        await ServeWeb(stop).ConfigureAwait(false);
        _rs?.Start();
        _ds?.Start();
        LogSockets();
    }

    private void LogSockets()
    {
        string[] sockets =
        [
            .. _config.Plays("ds") ? new[] { $"ds {Both(_config.Ds.Listen, _config.Ds.Listen6)}", $"dns {Both(_config.Ds.Dns, _config.Ds.Dns6)}" } : [],
            .. _config.Plays("ds") ? _ds!.Status().Stun.Skip(1).Select(stun => $"stun {stun}") : [],
            .. _config.Plays("rs") ? new[] { $"rs {Both(_config.Rs.Listen, _config.Rs.Listen6)}" } : [],
            .. _config.Plays("kms") ? new[] { $"kms {Both(_config.Kms.Listen, _config.Kms.Listen6)}" } : [],
            .. _config.Tls.Listen.Select(tls => $"tls {tls}"),
            $"control {_config.ControlSocket}",
        ];
        ServerLog.Listening(_logger, string.Join(", ", sockets));
        static string Both(string four, string? six) => six is null ? four : $"{four} and {six}";
    }

    private NodeIdentity OpenKeys(ServerRole role)
    {
        bool expected = _store?.Certificates.Find(role.Name) is not null || File.Exists(_state.File(role.EnrolmentFileName));
        return _closing.Add(RoleKeys.OpenOrCreate(_state.File(role.KeyFileName), expected, SystemRandom.Instance));
    }

    private void OpenKms(NodeIdentity? dsKeys)
    {
        DirectionServerEntry[] own = dsKeys is null
            ? []
            : [new DirectionServerEntry(_config.OwnName, _advertised.Ds.ToString(), dsKeys.Static.PublicKey.ToArray(), Text(_advertised.Ds6))];
        DirectionServerEntry[] all = [.. own, .. _config.Kms.DirectionServers.Select(ds => new DirectionServerEntry(ds.Name, ds.Address, Convert.FromBase64String(ds.Key), ds.Address6))];
        static string? Text(Endpoint endpoint) => endpoint.IsNone ? null : endpoint.ToString();
        var settings = new KeyServerSettings(_config.Zone, _advertised.KmsHost, _advertised.KmsPort);
        _kms = _closing.Add(KeyServerRole.Open(_state.Path, settings, _store!, _time, SystemRandom.Instance, () => all));
    }

    private async Task OpenRs(NodeIdentity keys, CancellationToken stop)
    {
        ICertifier certifier = CertifierOf(ServerRole.Rs(_config), keys);
        byte[] certificate = await certifier.CertificateAsync(stop).ConfigureAwait(false);
        _rs = _closing.Add(new RsHost(_config, _advertised, _streams, keys, certificate, certifier.ProviderKey, _logger, _time));
    }

    private async Task OpenDs(NodeIdentity keys, NodeIdentity? rsKeys, CancellationToken stop)
    {
        ICertifier certifier = CertifierOf(ServerRole.Ds(_config), keys);
        byte[] certificate = await certifier.CertificateAsync(stop).ConfigureAwait(false);
        Endpoint bound = Endpoint.Parse(_config.Rs.Listen);
        _ds = _closing.Add(new DsHost(
            _config,
            DirectionOptionsOf(rsKeys),
            new ServerIdentity(keys, certificate, certifier.ProviderKey, [CertificateRole.Node]),
            _advertised,
            _streams,
            output => rsKeys is null || bound == _advertised.Rs ? output : new RelayShortcut(output, _advertised.Rs, bound),
            _store!,
            _logger,
            _time));
        _closing.Add(new DsUpkeep(_ds, certifier, certificate, _logger, _time));
    }

    private ICertifier CertifierOf(ServerRole role, NodeIdentity keys) => _kms is null
        ? EnrolledProvider.Open(_state.File(role.EnrolmentFileName), role, keys, _time, _logger)
        : new OwnProvider(_kms, keys, role);

    private DirectionOptions DirectionOptionsOf(NodeIdentity? rsKeys)
    {
        Relay[] own = rsKeys is null ? [] : [new Relay(_advertised.Rs, rsKeys.Static.PublicKey.ToArray())];
        return new DirectionOptions
        {
            Zone = _config.Zone,
            ServerName = _config.OwnName,
            Hosts = _advertised.Hosts(),
            StunPlaces = _advertised.StunPlaces,
            StunPlace6 = _advertised.Ds6,
            OtherEndpoints = [.. _advertised.Others()],
            Lifetime = TimeSpan.FromSeconds(_config.Ds.LifetimeSeconds),
            MaxNodes = _config.Ds.MaxNodes,
            Relays = [.. own, .. _config.Ds.Relays.Select(relay => new Relay(Endpoint.Parse(relay.Address), Convert.FromBase64String(relay.Key)))],
        };
    }

    private async Task ServeWeb(CancellationToken stop)
    {
        if (_kms is not null)
        {
            foreach (var (key, where) in new[] { ("kms.listen", _config.Kms.Listen), ("kms.listen6", _config.Kms.Listen6) })
            {
                if (where is not null)
                {
                    await _closing.Add(KmsWeb.Build(Listening.Tcp(key, where), _kms, _logs)).StartAsync(stop).ConfigureAwait(false);
                }
            }
        }

        await ServeStreams(stop).ConfigureAwait(false);
        var control = Listening.Unix("controlSocket", _config.ControlSocket);
        _closing.Add(new Removed(_config.ControlSocket));
        await _closing.Add(new ControlWeb(_config, Status, _kms).Build(control, _logs)).StartAsync(stop).ConfigureAwait(false);
    }

    private async Task ServeStreams(CancellationToken stop)
    {
        if (_config.Tls.Listen.Count == 0)
        {
            return;
        }

        var certificate = _kms?.Tls.Certificate ?? _closing.Add(StreamWeb.SelfSigned(_config.OwnName, _time));
        var door = new StreamDoor([.. new[] { _ds?.Stream, _rs?.Stream }.OfType<StreamRole>()], _streams, _time);
        foreach (string where in _config.Tls.Listen)
        {
            var bound = Listening.Tcp("tls.listen", where);
            await _closing.Add(StreamWeb.Build(bound, door, _kms, certificate, _config.Tls.MaxConnections, _logs)).StartAsync(stop).ConfigureAwait(false);
        }
    }

    private ServerStatus Status() => new()
    {
        Zone = _config.Zone,
        Name = _config.OwnName,
        UptimeSeconds = (long)_time.GetElapsedTime(_started).TotalSeconds,
        Ds = _ds?.Status(),
        Rs = _rs?.Status(),
        Tls = _config.Tls.Listen.Count == 0 ? null : new TlsStatus { Listen = _config.Tls.Listen, Nodes = _streams.Count, Accepted = _streams.Accepted },
        Kms = _kms is null ? null : new KmsStatus
        {
            Listen = _config.Kms.Listen,
            Pin = Convert.ToBase64String(_kms.Tls.Pin),
            Certificates = _store!.Certificates.Count,
        },
    };

    /// <summary>A file that goes with the process.</summary>
    private sealed class Removed(string path) : IDisposable
    {
        public void Dispose() => File.Delete(path);
    }
}
