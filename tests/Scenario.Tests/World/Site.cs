using NTMobile.Packets;

namespace NTMobile.Scenario.Tests.World;

/// <summary>Receives a datagram: its bytes, its source, the place's own address to which it came, ECN bits.</summary>
internal delegate void Receiver(byte[] datagram, Endpoint from);

/// <summary>
/// A place where parties are attached to the Internet, all behind one line and one NAT (or none):
/// <code>party ── inside ── NAT ── line ── Internet</code>
/// </summary>
internal sealed partial class Site(MemoryNetwork network, Preset preset, uint publicAddress, SeededRandom random)
{
    private readonly Dictionary<Endpoint, Receiver> _inside = [];
    private readonly Dictionary<ushort, Endpoint> _streams = []; // who is behind a TCP port outside
    private uint _lastInside = 0x0A00_0001; // 10.0.0.1 is the NAT; the same in all places
    private uint _lastInside6;

    public uint PublicAddress { get; } = publicAddress;

    public Nat Nat { get; } = new(preset, publicAddress, random);

    /// <summary>The subnet of its IPv6 addresses, a /64.</summary>
    public UInt128 Prefix6 { get; } = ((UInt128)0x2001_0DB8_0000_0000 << 64) | ((UInt128)publicAddress << 64);

    /// <summary>What stands before its IPv6 addresses: a filter at most.</summary>
    public Nat Nat6 { get; } = new(preset with { Translates = false, MapsPerRemote = false }, 0, random);

    public LinkQuality Line { get; } = new();

    /// <summary>An address for one more party: private behind a NAT, else the public one.</summary>
    public Endpoint NewAddress(ushort port) => Endpoint.FromIpv4(Nat.Preset.Translates ? ++_lastInside : PublicAddress, port);

    /// <summary>An IPv6 address for one more party.</summary>
    public Endpoint NewAddress6(ushort port) => Endpoint.FromIpv6(Prefix6 | ++_lastInside6, port);

    public void Attach(in Endpoint address, Receiver receiver) => _inside.Add(address, receiver);

    public void Detach(in Endpoint address) => _inside.Remove(address);

    /// <summary>A datagram of a party here; from an IPv6 address to an IPv4 one it goes through the NAT64.</summary>
    public void Send(in Endpoint from, in Endpoint to, ReadOnlySpan<byte> datagram)
    {
        if (_inside.TryGetValue(to, out var neighbour))
        {
            var (copy, source) = (datagram.ToArray(), from);
            network.Clock.After(TimeSpan.FromMilliseconds(1), () => neighbour(copy, source));
            return;
        }

        var outside = to.IsTcp ? StreamOut(in from, in to) : NatFor(in to).Out(in from, in to, network.Clock.NowMs);
        network.Carry(this, outside, to, datagram.ToArray());
    }

    /// <summary>A datagram that the Internet brought here.</summary>
    public void Deliver(byte[] datagram, in Endpoint from, in Endpoint to)
    {
        var inside = to.IsTcp ? StreamIn(in to) : NatFor(in to).In(in to, in from, network.Clock.NowMs);
        if (!inside.IsNone && _inside.TryGetValue(inside, out var party))
        {
            party(datagram, from);
        }
    }

    private Nat NatFor(in Endpoint outside) => outside.IsIpv4 ? Nat : Nat6;

    private Endpoint StreamOut(in Endpoint inside, in Endpoint to)
    {
        if (!NatFor(in to).Preset.Translates)
        {
            return inside.OverTcp();
        }

        var port = (ushort)(20_000 + (inside.Ipv4Address & 0xFF));
        _streams[port] = inside;
        return Endpoint.FromIpv4(PublicAddress, port).OverTcp();
    }

    private Endpoint StreamIn(in Endpoint outside) =>
        NatFor(in outside).Preset.Translates ? _streams.GetValueOrDefault(outside.Port) : outside.OverUdp();
}
