using Microsoft.Extensions.Time.Testing;
using NTMobile.DirectionServer;
using NTMobile.DirectionServer.Registration;
using NTMobile.Packets;
using NTMobile.RelayServer;
using NTMobile.RelayServer.Egress;
using NTMobile.RelayServer.Publishing;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.Wire.Frames;

namespace NTMobile.Servers.Tests;

/// <summary>A DS and an RS in memory, with nodes around them.</summary>
internal sealed class World
{
    public const string Zone = "ntm.test";
    public static readonly Endpoint DsAt = Endpoint.Parse("203.0.113.10:4330");
    public static readonly Endpoint RsAt = Endpoint.Parse("203.0.113.11:4331");

    private readonly ServerIdentity _ds;
    private int _nodes;

    public World(Func<DirectionOptions, DirectionOptions>? ds = null, RelayOptions? rs = null, SessionLimits? limits = null, MemoryStore? store = null,
        Func<IRelayOutput, IRelayOutput>? rsOutput = null, (EgressOptions, IInternet)? egress = null,
        (PublishingOptions, IPublicPorts)? publishing = null)
    {
        Provider = new Provider(Random, Time);
        _ds = Provider.Server("ds." + Zone, CertificateRole.DirectionServer, CertificateRole.Node);
        ServerIdentity rsIdentity = Provider.Server("rs." + Zone, CertificateRole.RelayServer, CertificateRole.Node, CertificateRole.DirectionServer);
        RsKey = rsIdentity.Keys.Static.PublicKey.ToArray();
        Store = store ?? new MemoryStore();
        Rs = new RelayService(rsIdentity, rs ?? new RelayOptions(), rsOutput?.Invoke(Network.Output(RsAt)) ?? Network.Output(RsAt), Random, Time, limits, egress, publishing);
        var options = new DirectionOptions
        {
            Zone = Zone,
            ServerName = "ds." + Zone,
            Relays = [new Relay(RsAt, RsKey)],
            Hosts = new Dictionary<string, IReadOnlyList<System.Net.IPAddress>>
            {
                ["ds." + Zone] = [System.Net.IPAddress.Parse("203.0.113.10"), System.Net.IPAddress.Parse("2001:db8::10")],
                ["rs." + Zone] = [System.Net.IPAddress.Parse("203.0.113.11")],
            },
        };
        Ds = new DirectionService(_ds, ds is null ? options : ds(options), Store, Network.Output(DsAt), Random, Time, limits);
        Network.Attach(DsAt, (datagram, from) => Ds.Receive(datagram, from));
        Network.Attach(RsAt, (datagram, from) => Rs.ReceiveRun(datagram, datagram.Length, from));
    }

    public SeededRandom Random { get; } = new(1);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero));

    public Network Network { get; } = new();

    public Provider Provider { get; }

    public MemoryStore Store { get; }

    public DirectionService Ds { get; }

    public RelayService Rs { get; }

    public byte[] RsKey { get; }

    public ReadOnlySpan<byte> DsKey => _ds.Keys.Static.PublicKey;

    /// <summary>A newer certificate of the DS's keys.</summary>
    public byte[] RenewedDsCertificate() => Provider.Renew(_ds.Keys, "ds." + Zone, CertificateRole.DirectionServer);

    /// <summary>Lets time pass in steps of 10 ms, with ticks and deliveries.</summary>
    public void Pass(TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMilliseconds(10))
        {
            Time.Advance(TimeSpan.FromMilliseconds(10));
            Ds.Tick();
            Rs.Tick();
            Network.Deliver();
        }
    }

    public void PassSeconds(double seconds) => Pass(TimeSpan.FromSeconds(seconds));

    /// <summary>A node somewhere, not connected.</summary>
    public TestNode Node(string name, CertificateRole role = CertificateRole.Node)
    {
        int number = ++_nodes;
        return new TestNode(Network, Provider, Random, name, Endpoint.FromIpv4(0xC6336400u + (uint)number, 40_000), role);
    }

    /// <summary>A node with a session at the DS.</summary>
    public TestNode NodeAtDs(string name) => Node(name).Connect(DsAt, DsKey);

    /// <summary>A node registered at the DS.</summary>
    public TestNode Registered(string name, params string[] devices)
    {
        TestNode node = NodeAtDs(name);
        node.Send(node.Registration(1, devices));
        Assert.Equal(RegistrationResult.Accepted, node.Last<RegistrationResponse>().Result);
        return node;
    }

    /// <summary>A node with a session at the RS.</summary>
    public TestNode NodeAtRs(string name, CertificateRole role = CertificateRole.Node) => Node(name, role).Connect(RsAt, RsKey);

    public sealed class MemoryStore : IRegistrationStore
    {
        public Dictionary<string, RememberedNode> Nodes { get; } = [];

        public IEnumerable<RememberedNode> Load() => Nodes.Values;

        public void Remember(RememberedNode node) => Nodes[node.Name] = node;
    }
}
