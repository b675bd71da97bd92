using NTMobile.Packets;

namespace NTMobile.Scenario.Tests.World;

/// <summary>A datagram on the open Internet, where anybody may look at it.</summary>
internal sealed record Datagram(Endpoint From, Endpoint To, byte[] Bytes)
{
    /// <summary>Whether it is no datagram of the tunnel or of a server, but a whole translated packet.</summary>
    public bool IsPacket { get; init; }
}

/// <summary>The Internet: carries datagrams between the public addresses of places, with the quality of both lines.</summary>
internal sealed class MemoryNetwork(Clock clock, SeededRandom random)
{
    private readonly Dictionary<uint, Site> _sites = [];
    private readonly Dictionary<ulong, Site> _sites6 = []; // by the first 64 bits
    private uint _last = 0xCB00_7100; // 203.0.113.0

    public Clock Clock { get; } = clock;

    /// <summary>Datagrams for which this is true are lost on the open Internet.</summary>
    public Func<Datagram, bool> Lose { get; set; } = static _ => false;

    /// <summary>Sees every datagram that is not lost, before it arrives.</summary>
    public event Action<Datagram>? Seen;

    public Site NewSite(Preset preset)
    {
        var site = new Site(this, preset, ++_last, random.Split());
        _sites.Add(site.PublicAddress, site);
        _sites6.Add((ulong)(site.Prefix6 >> 64), site);
        return site;
    }

    /// <summary>Brings a datagram to the place with the target's address. Private addresses lead nowhere.</summary>
    public void Carry(Site source, Endpoint from, Endpoint to, byte[] bytes)
    {
        var datagram = new Datagram(from, to, bytes);
        var target = to.IsIpv4 ? _sites.GetValueOrDefault(to.Ipv4Address) : _sites6.GetValueOrDefault((ulong)(to.Address >> 64));
        if (target is null || IsLost(source.Line, in to, bytes) || IsLost(target.Line, in to, bytes) || Lose(datagram))
        {
            return;
        }

        Seen?.Invoke(datagram);
        Arrive(source, target, datagram);
        if (random.Happens(source.Line.Duplication) || random.Happens(target.Line.Duplication))
        {
            Arrive(source, target, datagram);
        }
    }

    /// <summary>The same for a whole packet with the addresses that it bears.</summary>
    public void CarryPacket(Site source, Endpoint from, Endpoint to, byte[] packet)
    {
        var datagram = new Datagram(from, to, packet) { IsPacket = true };
        if (!_sites.TryGetValue(to.Ipv4Address, out var target) || IsLostPacket(source.Line, packet) || IsLostPacket(target.Line, packet) || Lose(datagram))
        {
            return;
        }

        Seen?.Invoke(datagram);
        Clock.After(DelayOn(source.Line) + DelayOn(target.Line), () => target.DeliverPacket([.. packet]));
    }

    private bool IsLostPacket(LinkQuality line, byte[] packet) => line.IsSilent || packet.Length > line.Mtu || random.Happens(line.Loss);

    private void Arrive(Site source, Site target, Datagram datagram)
    {
        var delay = DelayOn(source.Line) + DelayOn(target.Line);
        Clock.After(delay, () => target.Deliver([.. datagram.Bytes], datagram.From, datagram.To));
    }

    private bool IsLost(LinkQuality line, in Endpoint to, byte[] bytes) => line.IsSilent || (line.BlocksUdp && !to.IsTcp) || bytes.Length + (to.IsIpv4 ? 28 : 48) > line.Mtu || random.Happens(line.Loss);

    private TimeSpan DelayOn(LinkQuality line) =>
        line.Delay + TimeSpan.FromMicroseconds(line.Jitter > TimeSpan.Zero ? random.Below((int)line.Jitter.TotalMicroseconds) : 0);
}
