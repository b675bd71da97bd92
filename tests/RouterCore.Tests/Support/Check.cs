using NTMobile.Packets;

namespace NTMobile.RouterCore.Tests.Support;

/// <summary>What must be so of every packet that comes out at the other end.</summary>
internal static class Check
{
    /// <summary>Whether the transport checksum is right.</summary>
    public static bool HasRightChecksum(byte[] packet)
    {
        Assert.True(Ipv4.TryRead(packet, out var ip));
        var start = ip.Protocol == IpProtocol.Icmp ? (ushort)0 : Checksum.PseudoHeader(ip.Source, ip.Destination, ip.Protocol, ip.Payload.Length);
        return Checksum.Sum(ip.Payload, start) == 0xFFFF;
    }

    /// <summary>The packet as it was sent, but for addresses, one hop less, and the checksums that follow from both.</summary>
    public static void IsTranslation(byte[] sent, byte[] delivered, uint source, uint destination)
    {
        Assert.True(Ipv4.TryRead(sent, out var before));
        Assert.True(Ipv4.TryRead(delivered, out var after));
        Assert.Equal(0xFFFF, Checksum.Sum(after.Bytes[..after.HeaderLength]));
        Assert.Equal((source, destination), (after.Source, after.Destination));
        Assert.Equal(before.TimeToLive - 1, after.TimeToLive);
        Assert.Equal(before.Protocol, after.Protocol);
        Assert.Equal(before.Tos & 3, after.Tos & 3);
        Assert.Equal(before.Options, after.Options);
        Assert.Equal(WithoutChecksum(in before), WithoutChecksum(in after));
    }

    private static byte[] WithoutChecksum(in Ipv4 ip)
    {
        var transport = ip.Payload.ToArray();
        var at = ip.FragmentOffset > 0 ? -1 : ip.Protocol switch
        {
            IpProtocol.Tcp => Tcp.ChecksumAt,
            IpProtocol.Udp => Udp.ChecksumAt,
            _ => -1,
        };
        if (at >= 0)
        {
            transport.AsSpan(at, 2).Clear();
        }

        return transport;
    }
}
