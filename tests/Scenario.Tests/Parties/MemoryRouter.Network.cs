using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Parties;

// Sockets and TUN device in memory.
internal sealed partial class MemoryRouter : IActions
{
    private const ushort TunnelPort = 40_000;
    private const ushort Nat64Port = 40_001;
    private const int FirstFurtherPort = 41_000;
    private const int FurtherPorts = 20_000;
    private int _lastSocket = 1 << 24;
    private readonly LoopState _fromLan = new();
    private readonly LoopState _fromWire = new();
    private readonly LoopState _fromPeers = new(); // what comes translated
    private readonly MemoryWireSink _wire;
    private readonly MemoryLanSink _lan;

    /// <summary>All uplinks end, and one to another place takes their place.</summary>
    public void MoveTo(Site site, int mtu = 1500)
    {
        Unplug();
        Plug(site, mtu);
    }

    /// <summary>One cable more, whose uplinks are the preferred ones from now on.</summary>
    /// <returns>Its number: the interface is <c>wan</c> and that.</returns>
    public int Plug(Site site, int mtu = 1500)
    {
        _lastPlug++;
        var preset = site.Nat.Preset;
        if (preset.HasIpv4)
        {
            Open(site, site.NewAddress(TunnelPort), mtu, null);
        }

        if (preset.HasIpv6)
        {
            var local = site.NewAddress6(TunnelPort);
            Open(site, local, mtu, null);
            if (preset.HasNat64)
            {
                Open(site, local.WithPort(Nat64Port), mtu, Nat64Prefix.Create(site.Prefix6, 96));
            }
        }

        TellUplinks();
        return _lastPlug;
    }

    /// <summary>The newest cable gets another IPv4 address, behind another NAT; its IPv6 address stays.</summary>
    public void ChangeIpv4(Site site)
    {
        var (number, former) = _uplinks.Single(u => u.Value.Plug == _lastPlug && u.Value.Local.IsIpv4);
        former.Site.Detach(former.Local);
        former.Site.DetachPackets(former.Local.Ipv4Address);
        _uplinks.Remove(number);
        Open(site, site.NewAddress(TunnelPort), former.Uplink.Mtu, null);
        TellUplinks();
    }

    public IReadOnlyList<Uplink> OpenSockets(Uplink uplink, int count)
    {
        var owner = _uplinks[uplink.Number];
        var opened = new List<Uplink>();
        for (var i = 0; i < count; i++)
        {
            var number = ++_lastSocket;
            var port = (ushort)(FirstFurtherPort + (number % FurtherPorts));
            var socket = owner with { Local = owner.Local.WithPort(port), Uplink = uplink with { Number = number, Local = uplink.Local.WithPort(port), Owner = uplink.Number } };
            socket.Site.Attach(socket.Local, (datagram, from) => Receive(number, datagram, from));
            _further[number] = socket;
            opened.Add(socket.Uplink);
        }

        return opened;
    }

    public void CloseSockets(IReadOnlyCollection<int> numbers)
    {
        foreach (var number in numbers)
        {
            if (_further.Remove(number, out var socket))
            {
                socket.Site.Detach(socket.Local);
            }
        }
    }

    /// <summary>Pulls one cable.</summary>
    public void Unplug(int plug)
    {
        foreach (var (number, socket) in _uplinks.Where(u => u.Value.Plug == plug).ToArray())
        {
            socket.Site.Detach(socket.Local);
            socket.Site.DetachPackets(socket.Local.Ipv4Address);
            _uplinks.Remove(number);
        }

        TellUplinks();
    }

    private void Unplug()
    {
        foreach (var uplink in _uplinks.Values)
        {
            uplink.Site.Detach(uplink.Local);
            uplink.Site.DetachPackets(uplink.Local.Ipv4Address);
        }

        _uplinks.Clear();
    }

    // With a NAT64 the node's address stands for none, as in the daemon.
    private void Open(Site site, Endpoint local, int mtu, Nat64Prefix? nat64)
    {
        var number = ++_lastUplink;
        var shown = nat64 is null ? local : Endpoint.FromIpv4(Uplink.BehindNat64, local.Port);
        site.Attach(in local, (datagram, from) => Receive(number, datagram, from));
        if (local.IsIpv4)
        {
            site.AttachPackets(local.Ipv4Address, packet => ReceivePacket(number, packet));
        }

        _uplinks[number] = new Socket(_lastPlug, site, local, new Uplink(number, $"wan{_lastPlug}", shown, mtu) { Nat64 = nat64 });
    }

    private void TellUplinks() => Tell(new UplinksChanged([.. _uplinks.Values.OrderByDescending(s => s.Plug).ThenBy(s => s.Uplink.Number).Select(s => s.Uplink)]));

    public void Send(int uplink, in Endpoint to, ReadOnlySpan<byte> datagram)
    {
        if (!_uplinks.TryGetValue(uplink, out var at) && !_further.TryGetValue(uplink, out at))
        {
            return;
        }

        if (datagram.Length + at.Uplink.HeaderLength > at.Uplink.Mtu)
        {
            Post(new DatagramTooBig(uplink, to, datagram.Length));
            return;
        }

        at.Site.Send(at.Local, in to, datagram);
    }

    public void SendPacket(int uplink, ReadOnlySpan<byte> packet)
    {
        if (_uplinks.TryGetValue(uplink, out var at) && packet.Length <= at.Uplink.Mtu)
        {
            at.Site.SendPacket(packet);
        }
    }

    public void SendToLan(ReadOnlySpan<byte> packet) => Deliver(packet.ToArray());

    public void Forward(byte[] packet, PacketHints hints)
    {
        _fromLan.HaveWaited = true;
        FromLan(packet, hints);
        _fromLan.HaveWaited = false;
    }

    public void Save(VirtualLease lease)
    {
        _leases.RemoveAll(l => l.Address == lease.Address);
        _leases.Add(lease);
    }

    public void Save(MoveRecord move) => Moves.Add(move);

    /// <summary>Gives a datagram to the router as if it had come in on the newest uplink.</summary>
    public void Inject(byte[] datagram, in Endpoint from) => Receive(_uplinks.Where(u => u.Value.Plug == _lastPlug).Min(u => u.Key), datagram, from);

    /// <summary>IPv6 packets that went to the LAN.</summary>
    public List<byte[]> Ipv6ToLan { get; } = [];

    /// <summary>A packet of a LAN device.</summary>
    public Outcome FromLan(byte[] packet, PacketHints hints)
    {
        if (_node is null)
        {
            return Outcome.Drop(DropReason.None);
        }

        var buffer = new byte[LanPacket.Headroom + packet.Length];
        packet.CopyTo(buffer, LanPacket.Headroom);
        var lan = new LanPacket { Buffer = buffer, Start = LanPacket.Headroom, Length = packet.Length, Hints = hints };
        _fromLan.NowMs = Node.NowMs;
        var outcome = Router.FromLan(ref lan, _fromLan, _wire);
        OrdinaryPackets += outcome.Fate == Fate.Accept ? 1 : 0;
        HandleMail();
        return outcome;
    }

    void IActions.Receive(int uplink, in Endpoint from, byte[] datagram, LoopState? givenBy)
    {
        _fromWire.HaveWaited = true;
        Receive(uplink, datagram, from);
        _fromWire.HaveWaited = false;
        givenBy?.HasGone();
    }

    private void Receive(int uplink, byte[] datagram, Endpoint from)
    {
        if (_node is null || !(_uplinks.ContainsKey(uplink) || _further.ContainsKey(uplink)))
        {
            return;
        }

        _fromWire.NowMs = Node.NowMs;
        _lan.Use(datagram);
        Router.FromWire(new ReceivedRun(datagram, datagram.Length, in from, uplink, 0), _fromWire, _lan);
        HandleMail();
    }

    // As the daemon's queue for translated packets: what is none goes to the guards, which drop it.
    private void ReceivePacket(int uplink, byte[] packet)
    {
        if (_node is null || !_uplinks.ContainsKey(uplink))
        {
            return;
        }

        _fromPeers.NowMs = Node.NowMs;
        _lan.Use(packet);
        Router.FromTranslated(new ReceivedRun(packet, packet.Length, default, uplink, 0), 0, packet.Length, partial: false, _fromPeers, _lan);
        Router.EndTranslated(_fromPeers, _lan);
        HandleMail();
    }

    private void Deliver(byte[] packet)
    {
        if (Ipv6.TryRead(packet, out _))
        {
            Ipv6ToLan.Add(packet);
            return;
        }

        Assert.True(Ipv4.TryRead(packet, out var ip), "the router made a packet that is none");
        if (_devices.TryGetValue(ip.Destination, out var device))
        {
            _world.Clock.After(TimeSpan.Zero, () => device.Receive(packet));
        }
    }

    /// <summary>A socket of an uplink, or a further one.</summary>
    /// <param name="Plug">The cable.</param>
    /// <param name="Site">Where that is plugged in.</param>
    /// <param name="Local">The socket's address there.</param>
    /// <param name="Uplink">The same for the node.</param>
    private sealed record Socket(int Plug, Site Site, Endpoint Local, Uplink Uplink);
}
