using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Console;
using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Configuration;
using NTMobile.RouterDaemon.Enrolment;
using NTMobile.RouterDaemon.Keys;
using NTMobile.RouterDaemon.Loops;
using NTMobile.RouterDaemon.Network;
using NTMobile.RouterDaemon.PortMapping;
using NTMobile.RouterDaemon.Service;
using NTMobile.RouterDaemon.Streams;
using NTMobile.RouterDaemon.Web;
using NTMobile.Security;
using NTMobile.Security.Enrolment;
using NTMobile.Storage;

namespace NTMobile.RouterDaemon;

/// <summary>
/// The service as a whole. Order of the start: keys and store; guards and rules in the kernel; TUN and loops; uplinks; node; page and API.
/// The end goes the other way round and leaves the guards in place.
/// </summary>
internal sealed class Daemon
{
    private readonly RouterConfiguration _configuration;
    private readonly IdentityStore _keys;
    private readonly StoreFile _store;
    private readonly NodeHost _host;
    private readonly UplinkWatcher _uplinks;
    private readonly PortMapper? _mapper;
    private readonly DeviceRegistry _devices;
    private readonly InternetRules _internet;
    private readonly Publications _publications;
    private readonly Records _records;
    private readonly LanNetwork _lan;
    private readonly DaemonLog _log;
    private bool _devicesFailed; // said once; the next second tries again

    private Daemon(
        RouterConfiguration configuration, IdentityStore keys, StoreFile store, NodeHost host, UplinkWatcher uplinks, PortMapper? mapper,
        DeviceRegistry devices, InternetRules internet, Publications publications, Records records, LanNetwork lan, DaemonLog log)
    {
        _configuration = configuration;
        _keys = keys;
        _store = store;
        _host = host;
        _uplinks = uplinks;
        _mapper = mapper;
        _devices = devices;
        _internet = internet;
        _publications = publications;
        _records = records;
        _lan = lan;
        _log = log;
    }

    /// <summary>Takes rules and routes out of the kernel again.</summary>
    public static void UninstallRules(RouterConfiguration configuration)
    {
        using var kernel = new KernelNetwork(configuration);
        using var editor = new RouteEditor();
        kernel.Remove(editor.Snapshot());
    }

    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    public static async Task RunAsync(RouterConfiguration configuration)
    {
        var time = TimeProvider.System;
        using var logs = LoggerFactory.Create(b => b.AddFilter("Microsoft", LogLevel.Warning).AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.ColorBehavior = LoggerColorBehavior.Disabled;
            o.TimestampFormat = "HH:mm:ss.fff ";
        }));
        var log = new DaemonLog(logs.CreateLogger("ntm-router"));
        using var keys = IdentityStore.Open(configuration.StateDirectory, SystemRandom.Instance, time);
        using var store = StoreFile.Open(Path.Combine(configuration.StateDirectory, "router.db"), time, out var report);
        foreach (var problem in keys.Problems.Append(report.Message).OfType<string>())
        {
            log.Warn(problem);
        }

        using var kernel = new KernelNetwork(configuration);
        using var editor = new RouteEditor();
        var lan = kernel.FindLan(editor.Snapshot())
            ?? throw new ConfigurationException($"'lan': the interface {configuration.Lan} does not exist or has no IPv4 address");
        kernel.ApplyRouting(lan, []);
        var internet = new InternetRules(store, rules => kernel.InstallRules(lan, rules));
        var publications = new Publications(store, ports => kernel.InstallRules(lan, answering: ports));
        internet.Install();
        publications.Install();
        using var tun = new TunDevice(KernelNetwork.TunName);
        editor.SetLink(tun.Index, isUp: true);
        using var streams = new StreamTable(time, log);
        using var sockets = new UplinkSockets(time, streams);
        await using var records = new Records(store, log);
        using var host = new NodeHost(time, sockets, tun, records, log);
        using var wire = new WireLoop(host, tun, streams, sockets.Returned);
        sockets.Changed = wire.SetSockets;
        sockets.AreTakenOver = () => wire.HasTakenOver;
        using var finder = new DeviceFinder(configuration.Lan);
        var devices = new DeviceRegistry(store, finder, time, log);
        using var rules = new RuleKeeper(kernel, log);
        rules.Start();
        using var uplinks = new UplinkWatcher(kernel, host, sockets, configuration.Port, log);
        await using var mapper = configuration.PortMapping ? new PortMapper(time, mappings => host.Tell(mappings), log) : null;
        uplinks.Changed += up => mapper?.Follow(up);
        var daemon = new Daemon(configuration, keys, store, host, uplinks, mapper, devices, internet, publications, records, lan, log);
        await daemon.RunAsync(kernel, wire, sockets, tun, report, time, logs).ConfigureAwait(false);
    }

    private async Task RunAsync(
        KernelNetwork kernel, WireLoop wire, UplinkSockets sockets, TunDevice tun, StoreReport report, TimeProvider time, ILoggerFactory logs)
    {
        using var stop = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        ConnectHook connect = new KeyServerDoors(new KeyServerReach(() => _uplinks.Uplinks).HostAsync).ConnectAsync;
        using var groups = new GroupService(_keys, time, connect);
        var enroller = new Enroller(_keys, time, connect);
        var upkeep = new Upkeep(enroller, groups, ShowCertificate, time, _log);
        var service = new RouterService(_host, _store, report, _keys, groups, _devices, _internet, _publications, _lan, _configuration.Uplinks, () => _uplinks.Uplinks, _mapper, DnsWatch.Read, EnrolAsync, time);
        _devices.Changed += () => _host.Tell(_devices.Now());
        _internet.Changed += () => _host.Tell(_internet.Now());
        groups.Changed += () => _host.Tell(Groups());
        _devices.Refresh();
        _uplinks.Start();
        StartNode();
        _host.Start();
        wire.Start();
        var queues = kernel.Queues().Select(
            options => new QueueLoop(options, _host, sockets, helper: options.Number == kernel.OtherQueue ? wire : null)).ToList();
        using var translated = kernel.TranslationQueue is { } number ? new TranslationLoop(number, _host, tun) : null;
        translated?.Start();
        var drops = new KernelDrops(
            _host, sockets, [.. kernel.Queues().Select(options => options.Number), .. kernel.TranslationQueue is { } one ? [one] : Array.Empty<ushort>()]);
        queues.ForEach(q => q.Start());
        try
        {
            await ServeAsync(service, drops, upkeep, time, logs, stop.Token).ConfigureAwait(false);
        }
        finally
        {
            wire.Stop(); // before the queue that it may have borrowed
            queues.ForEach(q => q.Dispose());
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        async Task EnrolAsync(string token, CancellationToken cancel)
        {
            await enroller.EnrolAsync(token, cancel).ConfigureAwait(false);
            StartNode();
        }
    }

    // The page and the socket of `ntm`, until the end.
    private async Task ServeAsync(
        RouterService service, KernelDrops drops, Upkeep upkeep, TimeProvider time, ILoggerFactory logs, CancellationToken stop)
    {
        var web = _configuration.Web.Length > 0 ? IPEndPoint.Parse(_configuration.Web) : new IPEndPoint(_lan.Address, 80);
        Directory.CreateDirectory(Path.GetDirectoryName(_configuration.ControlSocket)!);
        await using var api = new LocalApiServer(
            service,
            new PasswordStore(_store),
            new LocalApiOptions
            {
                SocketPath = _configuration.ControlSocket,
                Http = web,
                HttpInterface = _configuration.Lan,
                HostNames = _configuration.WebNames,
            },
            time,
            logs);
        await api.StartAsync(stop).ConfigureAwait(false);
        _log.Ready(_lan.ToString(), web.ToString());
        Console.WriteLine("ntm-router ready");
        await Task.WhenAll(WatchAsync(service, drops, time, stop), upkeep.RunAsync(stop)).ConfigureAwait(false);
        await api.StopAsync(CancellationToken.None).ConfigureAwait(false);
    }

    // Devices come and go without a message to anybody; the page lives on this beat too.
    private async Task WatchAsync(RouterService service, KernelDrops drops, TimeProvider time, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                RefreshDevices();
                drops.Refresh();
                service.Signal.Changed();
            }
        }
        catch (OperationCanceledException)
        {
            // the end
        }
    }

    private void RefreshDevices()
    {
        try
        {
            _devices.Refresh();
            _devicesFailed = false;
        }
        catch (Exception e) when (e is LinuxException or IOException) // a StoreException is one
        {
            if (!_devicesFailed)
            {
                _log.DevicesFailed(e);
            }

            _devicesFailed = true;
        }
    }

    private void StartNode()
    {
        if (_keys.Provider is not { } provider)
        {
            return;
        }

        var serial = BundleSerial.Next(_store.Settings.Find("bundle-serial"), TimeProvider.System.GetUtcNow());
        _store.Settings.Set("bundle-serial", serial.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var settings = new NodeSettings(
            provider.NodeName,
            provider.Zone,
            _keys.Identity,
            provider.Certificate,
            [.. provider.DirectionServers.Select(s => new ServerAddress(Endpoint.Parse(s.Endpoint), s.Key) { Other = s.OtherEndpoint is { } other ? Endpoint.Parse(other) : default })],
            Endpoint.From(_lan.Address, 0).Ipv4Address,
            _configuration.Virtual,
            serial)
        {
            Lan = LanPrefix,
        };
        var translation = new TranslationConfigured(_configuration.TranslationMode!.Value, _configuration.TranslationFirstPort, _configuration.TranslationPorts);
        _host.Use(settings, [translation, _records.Leases(), _uplinks.LanIpv6(), Groups(), _devices.Now(), _uplinks.Now(), _internet.Now(), .. Mappings()]);
        _log.NodeStarted(provider.NodeName, provider.Zone);
    }

    private AddressPrefix LanPrefix
    {
        get
        {
            var network = _lan.ToNetwork();
            return new AddressPrefix(Endpoint.From(network.BaseAddress, 0).Ipv4Address, network.PrefixLength);
        }
    }

    private void ShowCertificate() => _host.Tell(new CertificateRenewed(_keys.Provider!.Certificate));

    private PortMappingsChanged[] Mappings() => _mapper is null ? [] : [_mapper.Now()];

    private GroupsChanged Groups() => new([.. _keys.Groups.All]);
}
