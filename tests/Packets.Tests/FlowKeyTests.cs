using CsCheck;
using Xunit;

namespace NTMobile.Packets.Tests;

public sealed class FlowKeyTests
{
    [Fact]
    public void Ports_come_from_the_transport_header()
    {
        Assert.Equal(new FlowKey(1, 2, 1000, 53, IpProtocol.Udp), Read(IpProtocol.Udp, [0x03, 0xE8, 0, 53, 0, 8, 0, 0]));
        Assert.Equal(new FlowKey(2, 1, 53, 1000, IpProtocol.Udp), Read(IpProtocol.Udp, [0x03, 0xE8, 0, 53, 0, 8, 0, 0]).Reversed);
    }

    [Fact]
    public void An_echo_has_its_identifier_for_ports_and_an_error_has_none()
    {
        Assert.Equal(new FlowKey(1, 2, 7, 7, IpProtocol.Icmp), Read(IpProtocol.Icmp, [8, 0, 0, 0, 0, 7, 0, 1]));
        Assert.Equal(new FlowKey(1, 2, 0, 0, IpProtocol.Icmp), Read(IpProtocol.Icmp, [3, 4, 0, 0, 0, 7, 0, 1]));
        Assert.Equal(new FlowKey(1, 2, 0, 0, 47), Read(47, [1, 2, 3, 4]));
    }

    [Fact]
    public void Too_short_a_transport_header_is_refused()
    {
        var packet = new byte[24];
        Ipv4.Write(packet, 1, 2, IpProtocol.Tcp, 4);
        Assert.True(Ipv4.TryRead(packet, out var ip));
        Assert.False(FlowKey.TryRead(ip, out _));
    }

    [Fact]
    public void All_fragments_share_a_key()
    {
        var packet = new byte[28];
        Ipv4.Write(packet, 1, 2, IpProtocol.Udp, 8, dontFragment: false);
        packet[Ipv4.FragmentAt] = 0x20;
        packet[20] = 9;
        Assert.True(Ipv4.TryRead(packet, out var first));
        Assert.True(FlowKey.TryRead(first, out var key));
        Assert.Equal(new FlowKey(1, 2, 0, 0, IpProtocol.Udp), key);
    }

    [Fact]
    public void Equal_keys_hash_alike_and_neighbouring_keys_spread()
    {
        Gen.Select(Gen.UInt, Gen.UInt, Gen.UShort, Gen.UShort, Gen.Byte).Sample((s, d, sp, dp, p) =>
            new FlowKey(s, d, sp, dp, p).GetHashCode() == new FlowKey(s, d, sp, dp, p).GetHashCode());
        var buckets = new int[256];
        for (var port = 0; port < 256 * 64; port++)
        {
            buckets[new FlowKey(0xC0A80832, 0xC6120001, (ushort)port, 80, 6).GetHashCode() & 255]++;
        }

        Assert.All(buckets, count => Assert.InRange(count, 16, 160));
    }

    private static FlowKey Read(byte protocol, byte[] payload)
    {
        var packet = new byte[20 + payload.Length];
        Ipv4.Write(packet, 1, 2, protocol, payload.Length);
        payload.CopyTo(packet, 20);
        Assert.True(Ipv4.TryRead(packet, out var ip));
        Assert.True(FlowKey.TryRead(ip, out var key));
        return key;
    }
}
