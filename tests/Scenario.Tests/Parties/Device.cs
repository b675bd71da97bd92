using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Translation;
using NTMobile.Scenario.Tests.World;
using NTMobile.Wire.Dns;

namespace NTMobile.Scenario.Tests.Parties;

/// <summary>A packet that reached a device, its checksums already found right.</summary>
internal sealed record Arrival(long AtMs, uint Source, byte Protocol, ushort SourcePort, ushort DestinationPort, byte[] Payload, byte[] Packet);

/// <summary>An ordinary host on a LAN. It knows nothing of NTMobile: it asks for names, sends packets, and answers echoes.</summary>
internal sealed class Device(MemoryRouter router, LanDevice facts, Clock clock)
{
    private const uint Resolver = 0xC0A8_0801; // 192.168.8.1, the router
    private ushort _lastId;

    public LanDevice Facts { get; } = facts;

    public IReadOnlyList<Share> Shares { get; set; } = [];

    /// <summary>What ordinary hosts may reach; told with the next <see cref="MemoryRouter.TellDevices"/>.</summary>
    public IReadOnlyList<PortRange> Published { get; set; } = [];

    public uint Address => Facts.Address;

    /// <summary>Its name in full.</summary>
    public string Name => $"{Facts.Label}.{router.Name}";

    /// <summary>UDP and ICMP echo requests are answered at once.</summary>
    public bool Echoes { get; set; } = true;

    /// <summary>All that came, DNS answers excepted.</summary>
    public List<Arrival> Arrivals { get; } = [];

    public List<DnsMessage> Answers { get; } = [];

    /// <summary>Asks the router for a name's address.</summary>
    /// <returns>The question's id.</returns>
    public ushort Ask(string name, ushort id = 0, DnsType type = DnsType.A)
    {
        id = id == 0 ? ++_lastId : id;
        var message = new byte[512];
        var length = DnsMessage.Query(id, name, type, recursionDesired: true).Write(message);
        SendUdp(Resolver, 5353, 53, message.AsSpan(0, length));
        return id;
    }

    public Outcome SendUdp(uint to, ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> payload, PacketHints hints = PacketHints.None, bool mayFragment = false)
    {
        var packet = new byte[Ipv4.MinimumHeaderLength + Udp.HeaderLength + payload.Length];
        var udp = packet.AsSpan(Ipv4.MinimumHeaderLength);
        payload.CopyTo(udp[Udp.HeaderLength..]);
        Udp.Write(udp, Address, to, sourcePort, destinationPort);
        Ipv4.Write(packet, Address, to, IpProtocol.Udp, udp.Length, dontFragment: !mayFragment);
        return Send(packet, hints);
    }

    public void SendEcho(uint to, ushort identifier, ushort sequence, int length = 56)
    {
        var packet = new byte[Ipv4.MinimumHeaderLength + Icmp.HeaderLength + length];
        var icmp = packet.AsSpan(Ipv4.MinimumHeaderLength);
        icmp[0] = Icmp.EchoRequest;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(icmp[4..], identifier);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(icmp[6..], sequence);
        Icmp.WriteChecksum(icmp);
        Ipv4.Write(packet, Address, to, IpProtocol.Icmp, icmp.Length);
        Send(packet);
    }

    // From a published port with the kernel's mark.
    public Outcome Send(byte[] packet, PacketHints hints = PacketHints.None)
    {
        Assert.True(Ipv4.TryRead(packet, out var ip));
        var (protocol, port) = (ip.Protocol, Ports(in ip).Source);
        var mayAnswer = Published.Any(p => p.Protocol == protocol && port >= p.First && port <= p.Last);
        return router.FromLan(packet, hints | (mayAnswer ? PacketHints.MayAnswer : PacketHints.None));
    }

    public void Receive(byte[] packet)
    {
        Assert.True(Ipv4.TryRead(packet, out var ip));
        Assert.Equal(0xFFFF, Checksum.Sum(packet.AsSpan(0, ip.HeaderLength)));
        AssertTransportChecksum(in ip);
        var (source, destination) = Ports(in ip);
        if (ip.Protocol == IpProtocol.Udp && source == 53)
        {
            Assert.True(DnsMessage.TryRead(ip.Payload[Udp.HeaderLength..], out var answer));
            Answers.Add(answer);
            return;
        }

        var payload = ip.Protocol == IpProtocol.Tcp ? ip.Payload[((ip.Payload[12] >> 4) * 4)..] : ip.Payload[8..];
        Arrivals.Add(new Arrival(clock.NowMs, ip.Source, ip.Protocol, source, destination, payload.ToArray(), packet));
        if (Echoes)
        {
            Answer(in ip, source, destination, payload);
        }
    }

    private void Answer(in Ipv4 ip, ushort source, ushort destination, ReadOnlySpan<byte> payload)
    {
        if (ip.Protocol == IpProtocol.Udp && destination == 7)
        {
            SendUdp(ip.Source, destination, source, payload);
        }
        else if (ip.Protocol == IpProtocol.Icmp && ip.Payload[0] == Icmp.EchoRequest)
        {
            var reply = ip.Bytes.ToArray();
            var icmp = reply.AsSpan(ip.HeaderLength);
            icmp[0] = Icmp.EchoReply;
            Icmp.WriteChecksum(icmp);
            Ipv4.Write(reply, Address, ip.Source, IpProtocol.Icmp, icmp.Length);
            Send(reply);
        }
    }

    private static (ushort Source, ushort Destination) Ports(in Ipv4 ip) =>
        ip.Protocol is IpProtocol.Tcp or IpProtocol.Udp
            ? (System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(ip.Payload), System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(ip.Payload[2..]))
            : default;

    private static void AssertTransportChecksum(in Ipv4 ip)
    {
        if (ip.IsFragment || (ip.Protocol == IpProtocol.Udp && ip.Payload[6] == 0 && ip.Payload[7] == 0))
        {
            return;
        }

        var start = ip.Protocol == IpProtocol.Icmp ? (ushort)0 : Checksum.PseudoHeader(ip.Source, ip.Destination, ip.Protocol, ip.Payload.Length);
        Assert.Equal(0xFFFF, Checksum.Sum(ip.Payload, start));
    }
}
