using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Translation;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Scenario.Tests.World;
using NTMobile.Security.Identity;

namespace NTMobile.Microbench.Scale;

/// <summary>
/// The router whose sessions are counted. Its one device is shared and only listens. After <see cref="LeaveWorld"/> nothing but the node is
/// reachable from it, so that what it keeps can be weighed alone.
/// </summary>
internal sealed class Hub : IParty, IActions
{
    public const string DeviceName = "camera.hub." + MemoryWorld.Zone;
    public const int Uplink = 1;
    public const uint DeviceAddress = LanPrefix + 100;
    private const string Name = "hub." + MemoryWorld.Zone;
    private const uint LanPrefix = 0xC0A8_0800; // 192.168.8.0/24, as all peers have
    private readonly Queue<NodeEvent> _mailbox = new();
    private readonly LoopState _fromWire = new();
    private readonly Endpoint _local;
    private readonly MemoryLanSink _lan;
    private MemoryWorld? _world;
    private Site? _site;
    private bool _stepping;
    private long _tickedMs;

    public Hub(MemoryWorld world, SeededRandom random)
    {
        _world = world;
        _site = world.Network.NewSite(Preset.Cloud);
        _local = _site.NewAddress(4330);
        _lan = new MemoryLanSink(Hear);
        _site.Attach(_local, Receive);
        var (identity, certificate) = world.Provider.Certify(Name, CertificateRole.Node);
        var settings = new NodeSettings(
            Name, MemoryWorld.Zone, identity, certificate, [world.Directions.Address], LanPrefix + 1, AddressPrefix.Virtual, 1);
        Node = new Node(settings, world.Clock.Time, random, Post);
        Tell(new GroupsChanged([world.Group.Admit(Name, identity)]));
        Tell(new DevicesChanged([new SharedDevice(new LanDevice("camera", DeviceAddress), [new Share(null, SharedPorts.All)])]));
        Tell(new UplinksChanged([new RouterCore.Uplink(Uplink, "wan", _local, 1500)]));
        world.Add(this);
    }

    public Node Node { get; }

    /// <summary>The uplink's address.</summary>
    public Endpoint Local => _local;

    /// <summary>The peers' devices as the hub's LAN knows them, by the number that each sent in its first packet.</summary>
    public Dictionary<int, uint> Heard { get; } = [];

    /// <summary>Events that wait; none while only data flows.</summary>
    public int Waiting => _mailbox.Count;

    public long DueMs => Math.Max(Node.DueMs, _tickedMs + 1);

    public void Tick()
    {
        _tickedMs = _world!.Clock.NowMs;
        Tell(RouterCore.Tick.Instance);
    }

    public void Tell(NodeEvent happened)
    {
        _mailbox.Enqueue(happened);
        if (_stepping)
        {
            return;
        }

        _stepping = true;
        while (_mailbox.TryDequeue(out var next))
        {
            Node.Step(next, this);
        }

        _stepping = false;
    }

    /// <summary>Ends all ways from the node to the world around it.</summary>
    public void LeaveWorld()
    {
        _site!.Detach(in _local);
        _world!.Still(this);
        (_world, _site) = (null, null);
        Heard.Clear();
    }

    public void Send(int uplink, in Endpoint to, ReadOnlySpan<byte> datagram) => _site!.Send(in _local, in to, datagram);

    public IReadOnlyList<RouterCore.Uplink> OpenSockets(RouterCore.Uplink uplink, int count) => [];

    public void CloseSockets(IReadOnlyCollection<int> numbers)
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

    private void Receive(byte[] datagram, Endpoint from)
    {
        _fromWire.NowMs = Node.NowMs;
        _lan.Use(datagram);
        Node.Router.FromWire(new ReceivedRun(datagram, datagram.Length, in from, Uplink, 0), _fromWire, _lan);
        if (_mailbox.TryDequeue(out var first))
        {
            Tell(first);
        }
    }

    private void Hear(byte[] packet)
    {
        Assert.True(Ipv4.TryRead(packet, out var ip));
        Heard[BinaryPrimitives.ReadInt32BigEndian(ip.Payload[Udp.HeaderLength..])] = ip.Source;
    }

    private bool Post(NodeEvent happened)
    {
        _mailbox.Enqueue(happened);
        return true;
    }
}
