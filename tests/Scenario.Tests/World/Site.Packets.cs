using System.Buffers.Binary;
using NTMobile.Packets;

namespace NTMobile.Scenario.Tests.World;

// Whole TCP and UDP packets, which the NAT translates as any other: by the same mappings, checksums by their difference.
internal sealed partial class Site
{
    private readonly Dictionary<uint, Action<byte[]>> _packetReceivers = [];

    /// <summary>Connection tracking drops what has a wrong checksum, as Linux's does by default.</summary>
    public bool ChecksChecksums { get; set; }

    /// <summary>Something on the way computes checksums anew, as a network card does for what is left to it.</summary>
    public bool RecomputesChecksums { get; set; }

    public void AttachPackets(uint address, Action<byte[]> receiver) => _packetReceivers[address] = receiver;

    public void DetachPackets(uint address) => _packetReceivers.Remove(address);

    /// <summary>A packet of a party here.</summary>
    public void SendPacket(ReadOnlySpan<byte> bytes)
    {
        var packet = bytes.ToArray();
        var (from, to) = Ends(packet);
        if (!Passes(packet))
        {
            return;
        }

        var outside = Nat.Out(in from, in to, network.Clock.NowMs);
        Rewrite(packet, Ipv4.SourceAt, 0, outside);
        network.CarryPacket(this, outside, to, packet);
    }

    /// <summary>A packet that the Internet brought here.</summary>
    public void DeliverPacket(byte[] packet)
    {
        var (from, to) = Ends(packet);
        if (!Passes(packet))
        {
            return;
        }

        var inside = Nat.In(in to, in from, network.Clock.NowMs);
        if (!inside.IsNone && _packetReceivers.TryGetValue(inside.Ipv4Address, out var receiver))
        {
            Rewrite(packet, Ipv4.DestinationAt, 2, inside);
            receiver(packet);
        }
    }

    private bool Passes(byte[] packet)
    {
        if (RecomputesChecksums)
        {
            TransportChecksum.Complete(packet);
        }

        return !ChecksChecksums || TransportChecksum.IsRight(packet);
    }

    private static (Endpoint From, Endpoint To) Ends(byte[] packet)
    {
        Assert.True(Ipv4.TryRead(packet, out var ip) && ip.TotalLength == packet.Length);
        Assert.Equal(0xFFFF, Checksum.Sum(packet.AsSpan(0, ip.HeaderLength)));
        return (
            Endpoint.FromIpv4(ip.Source, BinaryPrimitives.ReadUInt16BigEndian(ip.Payload)),
            Endpoint.FromIpv4(ip.Destination, BinaryPrimitives.ReadUInt16BigEndian(ip.Payload[2..])));
    }

    // RFC 3022 §4.1, RFC 1624.
    private static void Rewrite(byte[] packet, int addressAt, int portAt, Endpoint end)
    {
        Assert.True(Ipv4Translation.TryChange(packet, addressAt, end.Ipv4Address, partial: false));
        Ipv4.TryRead(packet, out var ip);
        var transport = packet.AsSpan(ip.HeaderLength);
        var checksum = transport[(ip.Protocol == IpProtocol.Tcp ? Tcp.ChecksumAt : Udp.ChecksumAt)..];
        var (old, port) = (BinaryPrimitives.ReadUInt16BigEndian(transport[portAt..]), end.Port);
        BinaryPrimitives.WriteUInt16BigEndian(transport[portAt..], port);
        BinaryPrimitives.WriteUInt16BigEndian(checksum, Checksum.Update(BinaryPrimitives.ReadUInt16BigEndian(checksum), old, port));
        Ipv4.WriteChecksum(packet.AsSpan(0, ip.HeaderLength));
    }
}
