using NTMobile.Packets;
using NTMobile.RouterCore.Dns;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Security.Session;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tests.Support;

/// <summary>One router's packet path with one session, its tables filled by hand: no node behind it.</summary>
internal sealed class Side
{
    /// <summary>192.168.8.1, the same at both sides.</summary>
    public const uint RouterAddress = 0xC0A8_0801;

    /// <summary>192.168.8.100, the same at both sides.</summary>
    public const uint DeviceAddress = 0xC0A8_0864;

    private readonly MemoryLanSink _lan;

    public Side(string peer, SecureSession secure, bool isInitiator, uint virtualAddress, PathId receive, Endpoint peerAt)
    {
        Virtual = virtualAddress;
        Session = new PeerSession(peer, isInitiator, secure) { Sources = [new KnownSource(1, peerAt)] };
        Tables.SetPath(receive, new ReceivePath(Session, null));
        var zones = new ZoneFilter("ntm.test", ["18.198.in-addr.arpa", "4.5.e.4.d.f.ip6.arpa"]);
        Router = new Router(Tables, zones, AddressPrefix.Virtual, RouterAddress, Hear);
        _lan = new MemoryLanSink(packet => Delivered.Add(packet));
    }

    public RouterTables Tables { get; } = new();

    public PeerSession Session { get; }

    public Router Router { get; }

    public LoopState FromLan { get; } = new();

    public LoopState FromWire { get; } = new();

    public WireBuffer Wire { get; } = new();

    /// <summary>The other side's device as this LAN knows it.</summary>
    public uint Virtual { get; }

    public FlowContext Context { get; private set; } = null!;

    /// <summary>What the node would have been told.</summary>
    public List<NodeEvent> Told { get; } = [];

    /// <summary>Whether the node's mailbox is full.</summary>
    public bool IsNodeBusy { get; set; }

    public List<byte[]> Delivered { get; } = [];

    public long Dropped => Router.Drops.Snapshot().Values.Sum();

    /// <summary>Installs the context between this LAN's device and the peer's.</summary>
    public FlowContext Install(ushort id, SharedPorts shared)
    {
        Context = new FlowContext(Session, id, new LanDevice("device", DeviceAddress), Virtual, "device", shared) { Accepted = true };
        Session.SetContext(id, Context);
        Tables.SetOutbound(Context);
        return Context;
    }

    /// <summary>The same where this LAN's device speaks IPv6.</summary>
    public FlowContext Install(ushort id, SharedPorts shared, Ipv6Pair addresses)
    {
        const uint standIn = 7;
        Tables.StandIns.AddDevice(addresses.Local, standIn);
        Tables.StandIns.AddVirtual(addresses.Virtual, Virtual);
        Context = new FlowContext(Session, id, new LanDevice("device", standIn), Virtual, "device", shared, ipv6: addresses) { Accepted = true };
        Session.SetContext(id, Context);
        Tables.SetOutbound(Context);
        return Context;
    }

    /// <summary>A packet of a LAN device; what is sealed stands in <see cref="Wire"/>.</summary>
    public Outcome Send(byte[] packet, PacketHints hints = PacketHints.None)
    {
        var buffer = new byte[LanPacket.Headroom + packet.Length];
        packet.CopyTo(buffer, LanPacket.Headroom);
        var lan = new LanPacket { Buffer = buffer, Start = LanPacket.Headroom, Length = packet.Length, Hints = hints };
        return Router.FromLan(ref lan, FromLan, Wire);
    }

    /// <summary>Datagrams from the wire, all of one size but the last.</summary>
    public void Receive(byte[] run, int datagramSize, Endpoint from, byte ecn = 0)
    {
        _lan.Use(run);
        Router.FromWire(new ReceivedRun(run, datagramSize, in from, 1, ecn), FromWire, _lan);
    }

    /// <summary>Whatever comes in by another way than datagrams.</summary>
    /// <param name="memory">Where it lies.</param>
    /// <param name="give">Gives it to the router.</param>
    public void Receive(byte[] memory, Action<Side, ILanSink> give)
    {
        _lan.Use(memory);
        give(this, _lan);
    }

    private bool Hear(NodeEvent what)
    {
        Told.Add(what);
        return !IsNodeBusy;
    }
}
