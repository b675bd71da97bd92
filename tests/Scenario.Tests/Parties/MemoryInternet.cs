using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RelayServer.Egress;
using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Parties;

/// <summary>Ordinary hosts behind the RS, at any address: they send every UDP packet back to where it seems to come from.</summary>
internal sealed class MemoryInternet(MemoryWorld world, EgressOptions options) : IInternet
{
    public const uint PoolBase = 0x6448_0000; // 100.72.0.0
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(10);

    public EgressOptions Options => options;

    /// <summary>What they saw: source and source port.</summary>
    public List<(uint Source, ushort Port)> Seen { get; } = [];

    public void Send(ReadOnlySpan<byte> packet, int checksumAt)
    {
        var answer = packet.ToArray();
        if (checksumAt > 0)
        {
            TransportChecksum.Complete(answer);
        }

        Assert.True(Ipv4.TryRead(answer, out var ip) && TransportChecksum.IsRight(answer));
        var udp = answer.AsSpan(ip.HeaderLength);
        var (from, to) = (BinaryPrimitives.ReadUInt16BigEndian(udp), BinaryPrimitives.ReadUInt16BigEndian(udp[2..]));
        Seen.Add((ip.Source, from));
        Udp.Write(udp, ip.Destination, ip.Source, to, from);
        Ipv4.Write(answer, ip.Destination, ip.Source, IpProtocol.Udp, udp.Length);
        world.Clock.After(RoundTrip, () => world.Relay.TakeFromInternet([0, .. answer]));
    }
}
