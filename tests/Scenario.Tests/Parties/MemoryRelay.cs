using NTMobile.Packets;
using NTMobile.RelayServer;
using NTMobile.RelayServer.Egress;
using NTMobile.Scenario.Tests.World;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;

namespace NTMobile.Scenario.Tests.Parties;

/// <summary>The real Relay Server on a public address.</summary>
internal sealed class MemoryRelay : IParty
{
    private readonly MemoryWorld _world;
    private readonly SeededRandom _random;
    private readonly ServerIdentity _self;
    private RelayService? _service;
    private long _dueMs;

    public MemoryRelay(MemoryWorld world, SeededRandom random)
    {
        _world = world;
        _random = random;
        _self = world.Provider.Server("rs." + MemoryWorld.Zone, CertificateRole.RelayServer, CertificateRole.Node, CertificateRole.DirectionServer);
        Site = world.Network.NewSite(Preset.Cloud);
        At = Site.NewAddress(4331);
        At6 = Site.NewAddress6(4331);
        Site.Attach(At, (datagram, from) => _service?.ReceiveRun(datagram, datagram.Length, in from));
        Site.Attach(At6, (datagram, from) => _service?.ReceiveRun(datagram, datagram.Length, in from));
        Start();
    }

    public Site Site { get; }

    public Endpoint At { get; }

    public Endpoint At6 { get; }

    public byte[] StaticKey => _self.Keys.Static.PublicKey.ToArray();

    public RelayService Service => _service ?? throw new InvalidOperationException("The RS is down.");

    public long DueMs => _service is null ? long.MaxValue : _dueMs;

    /// <summary>What the next <see cref="Start"/> begins with.</summary>
    public RelayOptions Options { get; set; } = new();

    /// <summary>The ordinary hosts that the next <see cref="Start"/> begins to serve; null: none.</summary>
    public MemoryInternet? Internet { get; set; }

    /// <summary>Packets of devices that went through the relay since it was last started.</summary>
    public long PayloadPackets => Service.Forwarded.PayloadPackets;

    /// <summary>Ends the process; all state is lost.</summary>
    public void Stop() => _service = null;

    public void Start()
    {
        Internet?.Translate([]); // the rules are installed anew
        _service = new RelayService(
            _self, Options, new SiteOutput(Site, At, At6), _random.Split(), _world.Clock.Time, egress: Internet is { } hosts ? (hosts.Options, hosts) : null,
            publishing: Internet is { Publishing: { } publishing } ports ? (publishing, ports) : null);
        _dueMs = _world.Clock.NowMs;
    }

    /// <summary>A packet for an address of the pool, with a byte before it. Nobody is there while the RS is down.</summary>
    public void TakeFromInternet(byte[] content) =>
        _service?.Egress!.FromInternet(content, partial: false, new byte[EgressService.DatagramRoom], _world.Clock.Time.Milliseconds());

    public void Tick()
    {
        Service.Tick();
        _dueMs = _world.Clock.NowMs + 1000;
    }
}
