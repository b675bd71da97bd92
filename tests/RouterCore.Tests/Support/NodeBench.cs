using Microsoft.Extensions.Time.Testing;
using NTMobile.Packets;
using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Peers;
using NTMobile.RouterCore.Sessions;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Scenario.Tests.World;
using NTMobile.Security.Identity;
using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Dns;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Tests.Support;

/// <summary>
/// The node's names without a network: a LAN device asks, the test answers in the place of the Direction Server.
/// The router is <c>alice.ntm.test</c>, its device 192.168.8.100.
/// </summary>
internal sealed class NodeBench : IActions
{
    public const string Zone = "ntm.test";
    private const uint Device = Side.DeviceAddress;
    private readonly SeededRandom _random = new(11);
    private readonly NodeContext _node;
    private readonly Staging _staging;
    private readonly PeerBook _peers;
    private uint _request;

    public NodeBench(AddressPrefix? prefix = null)
    {
        Identity = NodeIdentity.Create(_random);
        var settings = new NodeSettings("alice." + Zone, Zone, Identity, [], [], Side.RouterAddress, prefix ?? AddressPrefix.Virtual, 1);
        _node = new NodeContext(settings, Time, _random, new RouterTables()) { Act = this };
        Leases = new LeaseBook(_node);
        _staging = new Staging(_node);
        _peers = new PeerBook(_node, Leases, _staging);
        Names = new NameService(_node, _peers, Leases, _staging);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public NodeIdentity Identity { get; }

    public RouterTables Tables => _node.Tables;

    public PeerBook Peers => _peers;

    /// <summary>In how many ms the next thing is due.</summary>
    public long DueInMs => _peers.DueMs - _node.NowMs;

    public LeaseBook Leases { get; }

    public NameService Names { get; }

    /// <summary>DNS answers that the device got.</summary>
    public List<DnsMessage> Answers { get; } = [];

    /// <summary>Other packets that went to the LAN: ICMP errors.</summary>
    public List<byte[]> Errors { get; } = [];

    /// <summary>Packets that the packet path gets once more.</summary>
    public List<byte[]> Forwarded { get; } = [];

    public List<VirtualLease> Saved { get; } = [];

    public TestGroup NewGroup(string name) => new(name, _random.Split(), Time);

    public void Join(params TestGroup[] groups)
    {
        _node.Groups.Set(groups.Select(g => g.Admit("alice." + Zone, Identity)));
        _peers.OnGroupsChanged();
    }

    public void Know(params SharedDevice[] devices) => _node.Devices.Set(devices, Side.RouterAddress);

    /// <summary>The device asks for a name.</summary>
    /// <param name="name">As it asks.</param>
    /// <param name="type">What for.</param>
    /// <param name="edns">Whether it speaks EDNS.</param>
    public void Ask(string name, DnsType type = DnsType.A, bool edns = true)
    {
        var message = new byte[512];
        var query = DnsMessage.Query((ushort)_random.Below(65536), name, type, recursionDesired: true);
        var length = (edns ? query : query with { Edns = null }).Write(message);
        _request = _node.NextNumber() + 1;
        Assert.Equal(DropReason.None, Names.OnQuery(Make.Udp(Device, Side.RouterAddress, 5353, 53, message.AsSpan(0, length))));
    }

    /// <summary>The DS answers the last question: refused.</summary>
    public void Refuse(DirectionRefusalReason reason) => FromServer(new DirectionRefusal(_request, reason));

    /// <summary>The DS answers the last question: a route to a node of these groups.</summary>
    public void Route(string peer, params TestGroup[] groups) => FromServer(new RouteDirection(
        _request, 77, DirectionRole.Initiator, peer, "device." + peer, default, default, [], Bundle(peer, groups), null, null));

    /// <summary>A session that bob began and has not spoken in yet.</summary>
    public PeerLink NewLinkByBob(TestGroup group)
    {
        var (_, secure) = RouterPair.Sessions(CipherSuite.ChaCha20Poly1305, _random);
        var terms = new LinkTerms(group.Admit("alice." + Zone, Identity), null, [], [PathId.Of(1, 0)], _peers.NewPathIds(this));
        return _peers.NewLink(new PeerSession("bob." + Zone, isInitiator: false, secure), terms);
    }

    /// <summary>A packet of the device to a virtual address that has no context.</summary>
    public DropReason Hold(byte[] packet) => Names.OnHeld(new PacketHeld(packet, PacketHints.None));

    /// <summary>An IPv6 packet for whose addresses nothing stands.</summary>
    public DropReason HoldIpv6(byte[] packet)
    {
        _node.StandIns.Own = [Six.Router];
        _request = _node.NextNumber() + 1;
        return Names.OnHeld(new Ipv6Held(packet, PacketHints.None));
    }

    /// <summary>The DS answers the last question for a name.</summary>
    public void Name(string? name) => FromServer(new DeviceName(_request, name));

    /// <summary>The DS answers the question, asked just now, where a device is published.</summary>
    public void Published(uint address) => FromServer(new PublishedAddress(_node.NextNumber() - 1, address, 0));

    public void Advance(double seconds)
    {
        for (var passed = 0.0; passed < seconds; passed += 0.05)
        {
            Time.Advance(TimeSpan.FromMilliseconds(50));
            _peers.Tick();
            _staging.Tick();
        }
    }

    public void Send(int uplink, in Endpoint to, ReadOnlySpan<byte> datagram)
    {
    }

    public IReadOnlyList<Uplink> OpenSockets(Uplink uplink, int count) => [];

    public void CloseSockets(IReadOnlyCollection<int> numbers)
    {
    }

    public void SendPacket(int uplink, ReadOnlySpan<byte> packet)
    {
    }

    public void SendToLan(ReadOnlySpan<byte> packet)
    {
        if (Ipv6.TryRead(packet, out _))
        {
            Assert.True(Six.HasRightChecksum(packet.ToArray()));
            Errors.Add(packet.ToArray());
            return;
        }

        Assert.True(Ipv4.TryRead(packet, out var ip));
        Assert.Equal(0xFFFF, Checksum.Sum(ip.Bytes[..ip.HeaderLength]));
        Assert.True(Check.HasRightChecksum(packet.ToArray()));
        Assert.Equal(Device, ip.Destination);
        if (ip.Protocol == IpProtocol.Udp)
        {
            Assert.True(Udp.TryRead(ip.Payload, out var udp));
            Assert.Equal((Side.RouterAddress, 53, 5353), (ip.Source, udp.SourcePort, udp.DestinationPort));
            Assert.True(DnsMessage.TryRead(udp.Payload, out var answer));
            Answers.Add(answer);
            return;
        }

        Errors.Add(packet.ToArray());
    }

    public void Forward(byte[] packet, PacketHints hints) => Forwarded.Add(packet);

    public void Receive(int uplink, in Endpoint from, byte[] datagram, LoopState? givenBy)
    {
    }

    public void Save(VirtualLease lease) => Saved.Add(lease);

    public void Save(MoveRecord move)
    {
    }

    private byte[] Bundle(string peer, TestGroup[] groups)
    {
        var identity = NodeIdentity.Create(_random);
        ulong[] tags = [.. groups.Select(g => GroupTag.Compute(g.Admit(peer, identity).GroupKey, peer, 0, 5))];
        return BundleSignature.Create(identity, peer, 5, 0, tags, _random);
    }

    private void FromServer<T>(in T frame)
        where T : IFrame<T>
    {
        var body = new byte[frame.BodyLength];
        frame.WriteBody(body);
        Assert.True(_peers.Directions.OnServerFrame(null!, T.Type, body));
    }
}
