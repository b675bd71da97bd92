using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Loops;

namespace NTMobile.RouterDaemon.Network;

/// <summary>
/// Watches links, addresses and routes by rtnetlink and acts on every change at once: routing first, then a socket for each uplink, then the node.
/// </summary>
internal sealed class UplinkWatcher : IDisposable
{
    // Some full runs (of 64 KiB): enough to keep an uplink of 1 Gb/s busy while the loop seals the next, and little that a small packet has to wait
    // behind on a slow one. The kernel doubles both for its own needs.
    private const int SendBuffer = 256 << 10;

    // 30 ms at 1 Gb/s: as long as the receive thread may have to wait for a processor.
    private const int ReceiveBuffer = 4 << 20;
    private readonly KernelNetwork _kernel;
    private readonly NodeHost _host;
    private readonly UplinkSockets _sockets;
    private readonly DaemonLog _log;
    private readonly ushort _port;
    private readonly RouteMonitor _monitor = new();
    private readonly RouteEditor _editor = new();
    private readonly EventFd _wake = new();
    private readonly Thread _thread;
    private volatile IReadOnlyList<WatchedUplink> _uplinks = [];
    private volatile IReadOnlyList<UInt128> _lanIpv6 = [];
    private volatile bool _stopping;

    public UplinkWatcher(KernelNetwork kernel, NodeHost host, UplinkSockets sockets, int port, DaemonLog log)
    {
        _kernel = kernel;
        _host = host;
        _sockets = sockets;
        _port = (ushort)port;
        _log = log;
        _thread = new Thread(Run) { IsBackground = true, Name = "uplinks" };
    }

    /// <summary>The uplinks that carry packets now.</summary>
    public IReadOnlyList<WatchedUplink> Uplinks => _uplinks;

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
            if (_monitor.Wait(changes, 10_000, _wake.Descriptor) > 0 && !_stopping)
            {
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

            var uplinks = networks.Select(n => Watched(n, snapshot)).ToList();
            if (!uplinks.Select(u => u.Uplink).SequenceEqual(_uplinks.Select(u => u.Uplink)))
            {
                Open(uplinks, snapshot);
                _uplinks = uplinks;
                Report(uplinks);
                _host.Tell(Now());
            }
        }
        catch (Exception e) when (e is LinuxException or IOException)
        {
            _log.NetworkFailed(e); // the next change, which the failure itself announces, tries again
        }
    }

    private WatchedUplink Watched(UplinkNetwork network, NetworkSnapshot snapshot)
    {
        var link = snapshot.Links.First(l => l.Name == network.Name);
        return new WatchedUplink(new Uplink(link.Index, network.Name, Endpoint.From(network.Address, _port), link.Mtu), network);
    }

    // A socket stays for as long as its interface does, whatever becomes of address and carrier: its port is taken until it is closed.
    private void Open(IReadOnlyList<WatchedUplink> uplinks, NetworkSnapshot snapshot)
    {
        var now = _sockets.Own.Where(s => snapshot.Links.Any(l => l.Index == s.Key)).ToDictionary();
        foreach (var (uplink, _) in uplinks.Where(u => !now.ContainsKey(u.Uplink.Number)))
        {
            now[uplink.Number] = new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, _port))
            {
                Device = uplink.Name,
                Number = uplink.Number,
                SendBuffer = SendBuffer,
                ReceiveBuffer = ReceiveBuffer,
            });
        }

        _sockets.Publish(now);
        _sockets.Streams?.SetUplinks([.. uplinks.Select(u => u.Uplink)]);
    }

    private void Report(List<WatchedUplink> uplinks)
    {
        foreach (var (uplink, network) in uplinks)
        {
            _log.UplinkUp(uplink.Name, network.Address.ToString(), network.Gateway?.ToString() ?? "none");
        }

        if (uplinks.Count == 0)
        {
            _log.NoUplink();
        }
    }
}

/// <summary>An uplink as the node and as the kernel's tables know it.</summary>
/// <param name="Uplink">For the node.</param>
/// <param name="Network">For routing.</param>
internal sealed record WatchedUplink(Uplink Uplink, UplinkNetwork Network);
