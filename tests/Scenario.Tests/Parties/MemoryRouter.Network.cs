using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Parties;

// Sockets and TUN device in memory.
internal sealed partial class MemoryRouter : IActions
{
    private const ushort TunnelPort = 40_000;
    private const int FirstFurtherPort = 41_000;
    private const int FurtherPorts = 20_000;
    private int _lastSocket = 1 << 24;
    private readonly LoopState _fromLan = new();
    private readonly LoopState _fromWire = new();
    private readonly MemoryWireSink _wire;
    private readonly MemoryLanSink _lan;

    /// <summary>All uplinks end, and one to another place takes their place.</summary>
    public void MoveTo(Site site, int mtu = 1500)
    {
        Unplug();
        Plug(site, mtu);
    }

    /// <summary>One uplink more, which is the preferred one from now on.</summary>
    public int Plug(Site site, int mtu = 1500)
    {
        var number = ++_lastUplink;
        var local = site.NewAddress(TunnelPort);
        site.Attach(in local, (datagram, from) => Receive(number, datagram, from));
        _uplinks[number] = (site, local, mtu);
        TellUplinks();
        return number;
    }

    public IReadOnlyList<Uplink> OpenSockets(Uplink uplink, int count)
    {
        var (site, local, mtu) = _uplinks[uplink.Number];
        var opened = new List<Uplink>();
        for (var i = 0; i < count; i++)
        {
            var number = ++_lastSocket;
            var at = local.WithPort((ushort)(FirstFurtherPort + (number % FurtherPorts)));
            site.Attach(in at, (datagram, from) => Receive(number, datagram, from));
            _further[number] = (site, at, mtu);
            opened.Add(uplink with { Number = number, Local = at, Interface = uplink.Number });
        }

        return opened;
    }

    public void CloseSockets(IReadOnlyCollection<int> numbers)
    {
        foreach (var number in numbers)
        {
            if (_further.Remove(number, out var socket))
            {
                socket.Site.Detach(in socket.Local);
            }
        }
    }

    /// <summary>Ends one uplink.</summary>
    public void Unplug(int number)
    {
        if (_uplinks.Remove(number, out var uplink))
        {
            uplink.Site.Detach(in uplink.Local);
        }

        TellUplinks();
    }

    private void Unplug()
    {
        foreach (var uplink in _uplinks.Values)
        {
            uplink.Site.Detach(in uplink.Local);
        }

        _uplinks.Clear();
    }

    private void TellUplinks() => Tell(new UplinksChanged(
        [.. _uplinks.OrderByDescending(u => u.Key).Select(u => new Uplink(u.Key, $"wan{u.Key}", u.Value.Local, u.Value.Mtu))]));

    public void Send(int uplink, in Endpoint to, ReadOnlySpan<byte> datagram)
    {
        if (!_uplinks.TryGetValue(uplink, out var at) && !_further.TryGetValue(uplink, out at))
        {
            return;
        }

        if (datagram.Length + 28 > at.Mtu)
        {
            Post(new DatagramTooBig(uplink, to, datagram.Length));
            return;
        }

        at.Site.Send(in at.Local, in to, datagram);
    }

    public void SendToLan(ReadOnlySpan<byte> packet) => Deliver(packet.ToArray());

    public void Forward(byte[] packet, PacketHints hints) => FromLan(packet, hints);

    public void Save(VirtualLease lease)
    {
        _leases.RemoveAll(l => l.Address == lease.Address);
        _leases.Add(lease);
    }

    public void Save(MoveRecord move) => Moves.Add(move);

    /// <summary>Gives a datagram to the router as if it had come in on the newest uplink.</summary>
    public void Inject(byte[] datagram, in Endpoint from) => Receive(_lastUplink, datagram, from);

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

    void IActions.Receive(int uplink, in Endpoint from, byte[] datagram) => Receive(uplink, datagram, from);

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

    private void Deliver(byte[] packet)
    {
        Assert.True(Ipv4.TryRead(packet, out var ip), "the router made a packet that is none");
        if (_devices.TryGetValue(ip.Destination, out var device))
        {
            _world.Clock.After(TimeSpan.Zero, () => device.Receive(packet));
        }
    }
}
