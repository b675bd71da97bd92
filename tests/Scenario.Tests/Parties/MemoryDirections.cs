using NTMobile.DirectionServer;
using NTMobile.DirectionServer.Dns;
using NTMobile.DirectionServer.Registration;
using NTMobile.DirectionServer.Stun;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.Scenario.Tests.World;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.Wire.Dns;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Stun;

namespace NTMobile.Scenario.Tests.Parties;

/// <summary>The real Direction Server on a public address.</summary>
internal sealed class MemoryDirections : IParty
{
    private readonly MemoryWorld _world;
    private readonly SeededRandom _random;
    private readonly ServerIdentity _self;
    private readonly Store _store = new();
    private DirectionService? _service;
    private readonly byte[] _answer = new byte[StunAnswer.MaximumSize];
    private long _dueMs;

    public MemoryDirections(MemoryWorld world, SeededRandom random)
    {
        _world = world;
        _random = random;
        _self = world.Provider.Server("ds." + MemoryWorld.Zone, CertificateRole.DirectionServer, CertificateRole.Node);
        Site = world.Network.NewSite(Preset.Cloud);
        At = Site.NewAddress(4330);
        At6 = Site.NewAddress6(4330);
        Site.Attach(At, (datagram, from) => Receive(Intercept(datagram), in from, place: 0));
        Site.Attach(At6, (datagram, from) => Receive(Intercept(datagram), in from, place: 1));
        Start();
    }

    public Site Site { get; }

    public Endpoint At { get; }

    public Endpoint At6 { get; }

    public ServerAddress Address => new(At, _self.Keys.Static.PublicKey.ToArray()) { Other = _world.ServersHaveIpv6 ? At6 : default };

    public DirectionService Service => _service ?? throw new InvalidOperationException("The DS is down.");

    public long DueMs => _service is null ? long.MaxValue : _dueMs;

    /// <summary>Changes datagrams before the DS sees them.</summary>
    public Func<byte[], byte[]> Intercept { get; set; } = static datagram => datagram;

    /// <summary>Ends the process; sessions are lost, registrations stay in the store.</summary>
    public void Stop() => _service = null;

    public void Start()
    {
        var options = new DirectionOptions
        {
            Zone = MemoryWorld.Zone,
            ServerName = "ds." + MemoryWorld.Zone,
            StunPlaces = [At],
            StunPlace6 = At6,
            OtherEndpoints = _world.ServersHaveIpv6 ? [new(At, At6), new(_world.Relay.At, _world.Relay.At6)] : [],
            Relays = [new Relay(_world.Relay.At, _world.Relay.StaticKey)],
        };
        _service = new DirectionService(_self, options, _store, new SiteOutput(Site, At, At6), _random.Split(), _world.Clock.Time);
        _dueMs = _world.Clock.NowMs;
    }

    /// <summary>Asks the zone's name server.</summary>
    public DnsMessage Ask(string name, DnsType type = DnsType.A)
    {
        var (question, answer) = (new byte[512], new byte[1232]);
        var length = DnsMessage.Query(7, name, type, recursionDesired: false).Write(question);
        length = Service.AnswerDns(question.AsSpan(0, length), DnsTransport.Udp, Endpoint.Parse("192.0.2.53:5353"), answer);
        Assert.True(DnsMessage.TryRead(answer.AsSpan(0, length), out var read));
        return read;
    }

    private void Receive(byte[] datagram, in Endpoint from, int place)
    {
        if (!StunMessage.MayBe(datagram))
        {
            _service?.Receive(datagram, in from);
        }
        else if (_service?.AnswerStun(datagram, place, in from, _answer) is { Length: > 0 } answer)
        {
            Site.Send(answer.To.IsIpv4 ? At : At6, answer.To, _answer.AsSpan(0, answer.Length));
        }
    }

    public void Tick()
    {
        Service.Tick();
        _dueMs = _world.Clock.NowMs + Service.TickWithin;
    }

    private sealed class Store : IRegistrationStore
    {
        private readonly Dictionary<string, RememberedNode> _nodes = [];

        public IEnumerable<RememberedNode> Load() => _nodes.Values;

        public void Remember(RememberedNode node) => _nodes[node.Name] = node;
    }
}
