using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NTMobile.Control;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Loops;
using NTMobile.RouterDaemon.Network;
using NTMobile.RouterDaemon.Service;
using NTMobile.Storage;

namespace NTMobile.RouterDaemon.Tests.Support;

/// <summary>The service behind the local API with a store, keys and a LAN in memory. Its control loop runs only when started.</summary>
internal sealed class ServiceWorld : IDisposable
{
    private bool _started;

    public ServiceWorld(OneRouter? router = null)
    {
        Router = router ?? new OneRouter(Clock);
        Open();
    }

    public FakeTimeProvider Clock { get; } = new(KeyServerHost.Start);

    public OneRouter Router { get; }

    public MemoryNeighbours Lan { get; } = new();

    public List<WatchedUplink> Uplinks { get; } = [];

    public StoreFile Store { get; private set; } = null!;

    public DeviceRegistry Devices { get; private set; } = null!;

    public Publications Publications { get; private set; } = null!;

    public RouterService Service { get; private set; } = null!;

    public NodeHost Host { get; private set; } = null!;

    /// <summary>What was put into the kernel last.</summary>
    public IReadOnlyList<NetfilterBridge.InternetRule> KernelRules { get; private set; } = [];

    /// <summary>The ports of published devices that the kernel was told last.</summary>
    public IReadOnlyList<AnsweringPorts> KernelPorts { get; private set; } = [];

    /// <summary>How often the node was told of other devices or shares.</summary>
    public int Changes { get; private set; }

    public string StorePath => Router.Directory["router.db"];

    public RouterSnapshot Snapshot => Service.GetSnapshotAsync(default).GetAwaiter().GetResult();

    public Result<Device> Name(string label, string? address = null, string? mac = null) =>
        Service.NameDeviceAsync(label, new NameDeviceRequest(mac, address), default).GetAwaiter().GetResult();

    public Result<Share> Share(string device, string ports, string? group = null) =>
        Service.ShareAsync(new ShareRequest(device, ports, group), default).GetAwaiter().GetResult();

    public void StartLoop()
    {
        _started = true;
        Host.Start();
    }

    /// <summary>Closes the store, does something to it, and opens it again, as a restart of the service would.</summary>
    public void Restart(Action? between = null)
    {
        Close();
        between?.Invoke();
        Open();
    }

    public void Dispose()
    {
        Close();
        Router.Dispose();
    }

    private void Open()
    {
        var log = new DaemonLog(NullLogger.Instance);
        Store = StoreFile.Open(StorePath, Clock, out var report);
        Devices = new DeviceRegistry(Store, Lan, Clock, log);
        Changes = 0;
        Devices.Changed += () => Changes++;
        Host = new NodeHost(Clock, _ => new NoActions(), log);
        Publications = new Publications(Store, ports => KernelPorts = ports);
        Service = new RouterService(
            Host, Store, report, Router.Keys, Router.Groups, Devices, new InternetRules(Store, rules => KernelRules = rules),
            Publications, Network, ["wan0", "wwan0"], () => Uplinks, null, () => DnsPast, Router.Enroller.EnrolAsync, Clock);
    }

    /// <summary>What the kernel wrote down of devices that ask other name servers.</summary>
    public IReadOnlyList<DnsPast>? DnsPast { get; set; }

    private static LanNetwork Network => new("lan0", IPAddress.Parse("192.168.8.1"), 24);

    private void Close()
    {
        if (!_started)
        {
            Host.Start();
        }

        Host.Dispose();
        Store.Dispose();
        _started = false;
    }

    private sealed class NoActions : IActions
    {
        public IReadOnlyList<Uplink> OpenSockets(Uplink uplink, int count) => [];

        public void CloseSockets(IReadOnlyCollection<int> numbers)
        {
        }

        public void Send(int uplink, in Endpoint to, ReadOnlySpan<byte> datagram)
        {
        }

        public void SendPacket(int uplink, ReadOnlySpan<byte> packet)
        {
        }

        public void SendToLan(ReadOnlySpan<byte> packet)
        {
        }

        public void Forward(byte[] packet, PacketHints hints)
        {
        }

        public void Receive(int uplink, in Endpoint from, byte[] datagram, LoopState? givenBy)
        {
        }

        public void Save(VirtualLease lease)
        {
        }

        public void Save(MoveRecord move)
        {
        }
    }
}
