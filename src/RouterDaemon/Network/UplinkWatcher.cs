using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Loops;

namespace NTMobile.RouterDaemon.Network;

/// <summary>
/// Watches links, addresses and routes by rtnetlink and acts on every change at once: routing first, then a socket for each uplink, then the node. An
/// interface has an uplink for each IP version; where it has IPv6 alone and a NAT64 in front, that is an uplink of IPv4 with an IPv6 socket of its own.
/// </summary>
internal sealed class UplinkWatcher : IDisposable
{
    // Some full runs (of 64 KiB): enough to keep an uplink of 1 Gb/s busy while the loop seals the next, and little that a small packet has to wait
    // behind on a slow one. The kernel doubles both for its own needs.
    private const int SendBuffer = 256 << 10;

    // 30 ms at 1 Gb/s: as long as the receive thread may have to wait for a processor.
    private const int ReceiveBuffer = 4 << 20;

    // Numbers of uplinks: those of IPv4 are interface indexes, and all are below those of further sockets.
    private const int Ipv6Numbers = 1 << 22;
    private const int Nat64Numbers = 1 << 23;
    private readonly KernelNetwork _kernel;
    private readonly NodeHost _host;
    private readonly UplinkSockets _sockets;
    private readonly DaemonLog _log;
    private readonly ushort _port;
    private readonly RouteMonitor _monitor = new();
    private readonly RouteEditor _editor = new();
    private readonly EventFd _wake = new();
    private readonly Nat64Finder _nat64;
    private readonly Dictionary<Translator, UdpSocket> _translators = [];
    private readonly Thread _thread;
    private volatile IReadOnlyList<WatchedUplink> _uplinks = [];
    private volatile IReadOnlyList<UInt128> _lanIpv6 = [];
    private volatile bool _stopping;
    private volatile bool _nat64Found;
    private int _lastTranslator = Nat64Numbers;

    public UplinkWatcher(KernelNetwork kernel, NodeHost host, UplinkSockets sockets, int port, DaemonLog log)
    {
        _kernel = kernel;
        _host = host;
        _sockets = sockets;
        _port = (ushort)port;
        _log = log;
        _nat64 = new Nat64Finder(() =>
        {
            _nat64Found = true;
            _wake.Signal();
        });
        _thread = new Thread(Run) { IsBackground = true, Name = "uplinks" };
    }

    /// <summary>The uplinks that carry packets now.</summary>
    public IReadOnlyList<WatchedUplink> Uplinks => _uplinks;

    /// <summary>Raised with the uplinks whenever they or their gateways are others.</summary>
    public event Action<IReadOnlyList<WatchedUplink>>? Changed;

    /// <summary>Applies the present state, then watches.</summary>
    public void Start()
    {
        Apply();
        _thread.Start();
    }

    /// <summary>The event that tells a new node of the LAN's IPv6.</summary>
    public LanIpv6Changed LanIpv6() => new(_lanIpv6);

    /// <summary>The event that tells a new node of the uplinks.</summary>
    public UplinksChanged Now() => new([.. _uplinks.Select(u => u.Uplink)]);

    public void Dispose()
    {
        _stopping = true;
        _wake.Signal();
        _thread.Join();
        _nat64.Dispose();
        _monitor.Dispose();
        _editor.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        var changes = new List<NetworkChange>();
        while (!_stopping)
        {
            changes.Clear();
            var changed = _monitor.Wait(changes, 10_000, _wake.Descriptor) > 0;
            _wake.Drain();
            if ((changed || _nat64Found) && !_stopping)
            {
                _nat64Found = false;
                Apply();
            }
        }
    }

    private void Apply()
    {
        try
        {
            var snapshot = _editor.Snapshot();
            if (_kernel.FindLan(snapshot) is not { } lan)
            {
                return;
            }

            var networks = _kernel.FindUplinks(snapshot);
            _kernel.ApplyRouting(lan, networks);
            IReadOnlyList<UInt128> own = [.. lan.Ipv6.Select(a => Endpoint.From(a.Address, 0).Address)];
            if (!own.SequenceEqual(_lanIpv6))
            {
                _lanIpv6 = own;
                _host.Tell(LanIpv6());
            }

            var uplinks = networks.SelectMany(n => Watched(n, networks, snapshot)).ToList();
            if (!uplinks.SequenceEqual(_uplinks))
            {
                Use(uplinks, snapshot);
                Changed?.Invoke(uplinks);
            }
        }
        catch (Exception e) when (e is LinuxException or IOException)
        {
            _log.NetworkFailed(e); // the next change, which the failure itself announces, tries again
        }
    }

    // A gateway often comes a moment after the address; for the node and its sockets that changes nothing.
    private void Use(List<WatchedUplink> uplinks, NetworkSnapshot snapshot)
    {
        var isNews = !uplinks.Select(u => u.Uplink).SequenceEqual(_uplinks.Select(u => u.Uplink));
        if (isNews)
        {
            Open(uplinks, snapshot);
        }

        _uplinks = uplinks;
        if (isNews)
        {
            Report(uplinks);
            _host.Tell(Now());
        }
    }

    private IEnumerable<WatchedUplink> Watched(UplinkNetwork network, IReadOnlyList<UplinkNetwork> all, NetworkSnapshot snapshot)
    {
        var link = snapshot.Links.First(l => l.Name == network.Name);
        var uplink = new Uplink(network.IsIpv6 ? Ipv6Numbers + link.Index : link.Index, link.Name, Endpoint.From(network.Address, _port), link.Mtu);
        yield return new WatchedUplink(uplink, network);
        if (IsAlone(all.Where(other => other.Name == network.Name)) && _nat64.Prefix(link.Name, network.Address) is { } prefix)
        {
            var socket = SocketOf(new Translator(link.Name, uplink.Local, prefix));
            var local = Endpoint.FromIpv4(Uplink.BehindNat64, socket.Local.Port);
            yield return new WatchedUplink(new Uplink(socket.Number, link.Name, local, link.Mtu) { Nat64 = prefix }, network);
        }
    }

    // Another address or another prefix is another place, and gets another socket: the node knows by its number that it has moved.
    private UdpSocket SocketOf(Translator translator)
    {
        if (!_translators.TryGetValue(translator, out var socket))
        {
            _translators[translator] = socket = Open(translator.Device, ++_lastTranslator, Endpoint.FromIpv6(0, 0), translator.Prefix);
        }

        return socket;
    }

    // A socket stays for as long as its interface does, whatever becomes of address and carrier: its port is taken until it is closed.
    private void Open(IReadOnlyList<WatchedUplink> uplinks, NetworkSnapshot snapshot)
    {
        var now = _sockets.Own.Where(s => snapshot.Links.Any(l => l.Index == s.Key || Ipv6Numbers + l.Index == s.Key)).ToDictionary();
        foreach (var (translator, socket) in _translators.ToArray())
        {
            if (uplinks.Any(u => u.Uplink.Number == socket.Number))
            {
                now[socket.Number] = socket;
            }
            else
            {
                _translators.Remove(translator); // left out of what is published it is closed by and by
            }
        }

        foreach (var (uplink, _) in uplinks.Where(u => !now.ContainsKey(u.Uplink.Number)))
        {
            var any = uplink.Local.IsIpv4 ? Endpoint.FromIpv4(0, _port) : Endpoint.FromIpv6(0, _port);
            now[uplink.Number] = Open(uplink.Name, uplink.Number, in any, null);
        }

        _nat64.Keep(uplinks.GroupBy(u => u.Uplink.Name, u => u.Network).Where(IsAlone).Select(name => name.Key));
        _sockets.Publish(now);
        _sockets.Streams?.SetUplinks([.. uplinks.Select(u => u.Uplink)]);
    }

    // Whether an interface has IPv6 and no IPv4.
    private static bool IsAlone(IEnumerable<UplinkNetwork> networks) => networks.All(n => n.IsIpv6);

    private static UdpSocket Open(string device, int number, in Endpoint local, Nat64Prefix? nat64) => new(new UdpSocketOptions(local)
    {
        Device = device,
        Number = number,
        Nat64 = nat64,
        SendBuffer = SendBuffer,
        ReceiveBuffer = ReceiveBuffer,
    });

    private void Report(List<WatchedUplink> uplinks)
    {
        foreach (var (uplink, network) in uplinks)
        {
            if (uplink.Nat64 is { } prefix)
            {
                _log.UplinkBehindNat64(uplink.Name, prefix.ToString());
            }
            else
            {
                _log.UplinkUp(uplink.Name, network.Address.ToString(), network.Gateway?.ToString() ?? "none");
            }
        }

        if (uplinks.Count == 0)
        {
            _log.NoUplink();
        }
    }
}

/// <summary>What an IPv6 socket for IPv4 depends on.</summary>
/// <param name="Device">The interface.</param>
/// <param name="Local">Its address and the tunnel's port.</param>
/// <param name="Prefix">The NAT64's.</param>
internal sealed record Translator(string Device, Endpoint Local, Nat64Prefix Prefix);

/// <summary>An uplink as the node and as the kernel's tables know it.</summary>
/// <param name="Uplink">For the node.</param>
/// <param name="Network">For routing.</param>
internal sealed record WatchedUplink(Uplink Uplink, UplinkNetwork Network);
