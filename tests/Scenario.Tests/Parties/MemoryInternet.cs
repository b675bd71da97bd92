using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RelayServer.Egress;
using NTMobile.RelayServer.Publishing;
using NTMobile.Scenario.Tests.World;
using NTMobile.Wire.Frames;

namespace NTMobile.Scenario.Tests.Parties;

/// <summary>
/// Ordinary hosts behind the RS, at any address: they send every UDP packet back to where it seems to come from. They may begin, too: then the kernel's
/// translation of public ports is played here.
/// </summary>
internal sealed class MemoryInternet(MemoryWorld world, EgressOptions options) : IInternet, IPublicPorts
{
    public const uint PoolBase = 0x6448_0000; // 100.72.0.0
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(10);

    public EgressOptions Options => options;

    /// <summary>Where devices may be published; null: nowhere.</summary>
    public PublishingOptions? Publishing { get; init; }

    /// <summary>The translation as it is now.</summary>
    public IReadOnlyList<PublicPort> Ports { get; private set; } = [];

    /// <summary>What came back of what hosts began: when, from which public address, and the content.</summary>
    public List<(long AtMs, uint Public, byte[] Payload)> Answers { get; } = [];

    private readonly Dictionary<(uint Pool, ushort Port, uint Host, ushort HostPort), uint> _begun = [];

    /// <summary>What they saw: source and source port.</summary>
    public List<(uint Source, ushort Port)> Seen { get; } = [];

    /// <summary>What devices sent to IPv6 hosts, with whole checksums.</summary>
    public List<(long AtMs, byte[] Packet)> SentIpv6 { get; } = [];

    public void Send(ReadOnlySpan<byte> packet, int checksumAt)
    {
        var answer = packet.ToArray();
        if (Ipv6.TryRead(answer, out var ip6))
        {
            Assert.Equal(checksumAt > 0, checksumAt > 0 && TransportChecksum.Complete(answer));
            Assert.True(ip6.IsFragment || TransportChecksum.IsRight(answer));
            SentIpv6.Add((world.Clock.NowMs, answer));
            return;
        }

        if (checksumAt > 0)
        {
            TransportChecksum.Complete(answer);
        }

        Assert.True(Ipv4.TryRead(answer, out var ip) && TransportChecksum.IsRight(answer));
        var udp = answer.AsSpan(ip.HeaderLength);
        var (from, to) = (BinaryPrimitives.ReadUInt16BigEndian(udp), BinaryPrimitives.ReadUInt16BigEndian(udp[2..]));
        if (_begun.TryGetValue((ip.Source, from, ip.Destination, to), out var asked))
        {
            Answers.Add((world.Clock.NowMs, asked, udp[Udp.HeaderLength..].ToArray()));
            return;
        }

        Seen.Add((ip.Source, from));
        Udp.Write(udp, ip.Destination, ip.Source, to, from);
        Ipv4.Write(answer, ip.Destination, ip.Source, IpProtocol.Udp, udp.Length);
        world.Clock.After(RoundTrip, () => world.Relay.TakeFromInternet([0, .. answer]));
    }

    public bool IsFree(uint address, in PublishedPorts ports) => true;

    /// <summary>Whether the machine's packet filter does what it is told.</summary>
    public bool Opens { get; set; } = true;

    private long _translations;
    private long _done;

    public long Translate(IReadOnlyList<PublicPort> ports)
    {
        _translations++;
        (Ports, _done) = Opens ? (ports, _translations) : (Ports, _done);
        return _translations;
    }

    public bool? IsInForce(long number) => number <= _done;

    /// <summary>A host sends a UDP packet to a public address.</summary>
    /// <returns>False: nobody is there at that port.</returns>
    public bool Begin(uint host, ushort hostPort, uint address, ushort port, ReadOnlySpan<byte> payload)
    {
        var target = Ports.FirstOrDefault(p => p.Address == address && p.Ports.Overlaps(new PublishedPorts(IpProtocol.Udp, port, port)));
        return target != default && SendToPool(host, hostPort, target.Pool, port, payload, address);
    }

    /// <summary>An IPv6 host sends a UDP packet to an address of the public prefix.</summary>
    public void BeginIpv6(UInt128 host, ushort hostPort, UInt128 address, ushort port, ReadOnlySpan<byte> payload)
    {
        var packet = new byte[1 + Ipv6.HeaderLength + Udp.HeaderLength + payload.Length];
        var udp = packet.AsSpan(1 + Ipv6.HeaderLength);
        payload.CopyTo(udp[Udp.HeaderLength..]);
        Udp.Write(udp, host, address, hostPort, port);
        Ipv6.Write(packet.AsSpan(1), host, address, IpProtocol.Udp, udp.Length);
        world.Relay.TakeFromInternet(packet);
    }

    /// <summary>A packet for an address of the pool, whatever the translation says: what a hostile RS may do.</summary>
    public bool SendToPool(uint host, ushort hostPort, uint pool, ushort port, ReadOnlySpan<byte> payload, uint asked = 0)
    {
        _begun[(pool, port, host, hostPort)] = asked;
        var packet = new byte[1 + Ipv4.MinimumHeaderLength + Udp.HeaderLength + payload.Length];
        var udp = packet.AsSpan(1 + Ipv4.MinimumHeaderLength);
        payload.CopyTo(udp[Udp.HeaderLength..]);
        Udp.Write(udp, host, pool, hostPort, port);
        Ipv4.Write(packet.AsSpan(1), host, pool, IpProtocol.Udp, udp.Length);
        world.Relay.TakeFromInternet(packet);
        return true;
    }
}
