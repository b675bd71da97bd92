using NTMobile.Packets;

namespace NTMobile.Scenario.Tests.World;

/// <summary>Receives a datagram: its bytes, its source, the place's own address to which it came, ECN bits.</summary>
internal delegate void Receiver(byte[] datagram, Endpoint from);

/// <summary>
/// A place where parties are attached to the Internet, all behind one line and one NAT (or none):
/// <code>party ── inside ── NAT ── line ── Internet</code>
/// </summary>
internal sealed class Site(MemoryNetwork network, Preset preset, uint publicAddress, SeededRandom random)
{
    private readonly Dictionary<Endpoint, Receiver> _inside = [];
    private readonly Dictionary<ushort, Endpoint> _streams = []; // who is behind a TCP port outside
    private uint _lastInside = 0x0A00_0001; // 10.0.0.1 is the NAT; the same in all places

    public uint PublicAddress { get; } = publicAddress;

    public Nat Nat { get; } = new(preset, publicAddress, random);

    public LinkQuality Line { get; } = new();

    /// <summary>An address for one more party: private behind a NAT, else the public one.</summary>
    public Endpoint NewAddress(ushort port) => Endpoint.FromIpv4(Nat.Preset.Translates ? ++_lastInside : PublicAddress, port);

    public void Attach(in Endpoint address, Receiver receiver) => _inside.Add(address, receiver);

    public void Detach(in Endpoint address) => _inside.Remove(address);

    /// <summary>A datagram of a party here.</summary>
    public void Send(in Endpoint from, in Endpoint to, ReadOnlySpan<byte> datagram)
    {
        if (_inside.TryGetValue(to, out var neighbour))
        {
            var (copy, source) = (datagram.ToArray(), from);
            network.Clock.After(TimeSpan.FromMilliseconds(1), () => neighbour(copy, source));
            return;
        }

        var outside = to.IsTcp ? StreamOut(in from) : Nat.Out(in from, in to, network.Clock.NowMs);
        network.Carry(this, outside, to, datagram.ToArray());
    }

    /// <summary>A datagram that the Internet brought here.</summary>
    public void Deliver(byte[] datagram, in Endpoint from, in Endpoint to)
    {
        var inside = to.IsTcp ? StreamIn(in to) : Nat.In(in to, in from, network.Clock.NowMs);
        if (!inside.IsNone && _inside.TryGetValue(inside, out var party))
        {
            party(datagram, from);
        }
    }

    private Endpoint StreamOut(in Endpoint inside)
    {
        if (!Nat.Preset.Translates)
        {
            return inside.OverTcp();
        }

        var port = (ushort)(20_000 + (inside.Ipv4Address & 0xFF));
        _streams[port] = inside;
        return Endpoint.FromIpv4(PublicAddress, port).OverTcp();
    }

    private Endpoint StreamIn(in Endpoint outside) =>
        Nat.Preset.Translates ? _streams.GetValueOrDefault(outside.Port) : Endpoint.FromIpv4(outside.Ipv4Address, outside.Port);
}
