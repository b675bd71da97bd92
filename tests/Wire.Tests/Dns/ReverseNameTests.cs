using System.Net;
using NTMobile.Packets;
using NTMobile.Wire.Dns;

namespace NTMobile.Wire.Tests.Dns;

/// <summary>Names of addresses, RFC 1035 §3.5 and RFC 3596 §2.5; its example is read here.</summary>
public sealed class ReverseNameTests
{
    private const string Example = "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.IP6.ARPA";

    [Fact]
    public void An_address_is_read_out_of_its_name()
    {
        Assert.True(ReverseName.TryReadIpv4("52.0.2.10.IN-ADDR.ARPA", out var ipv4));
        Assert.Equal(0x0A02_0034u, ipv4);
        Assert.True(ReverseName.TryReadIpv6(Example, out var ipv6));
        Assert.Equal(Endpoint.From(IPAddress.Parse("4321:0:1:2:3:4:567:89ab"), 0).Address, ipv6);
    }

    [Theory]
    [InlineData("0.2.10.in-addr.arpa")]
    [InlineData("1.52.0.2.10.in-addr.arpa")]
    [InlineData("256.0.2.10.in-addr.arpa")]
    [InlineData("-1.0.2.10.in-addr.arpa")]
    [InlineData(".0.2.10.in-addr.arpa")]
    [InlineData("in-addr.arpa")]
    [InlineData("52.0.2.10.example")]
    [InlineData("g.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa")]
    [InlineData("bb.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa")]
    [InlineData("a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa")]
    public void What_is_no_whole_address_is_refused(string name)
    {
        Assert.False(ReverseName.TryReadIpv4(name, out _));
        Assert.False(ReverseName.TryReadIpv6(name, out _));
    }

    [Fact]
    public void Prefixes_have_zones_of_whole_octets()
    {
        Assert.Equal(["18.198.in-addr.arpa", "19.198.in-addr.arpa"], ReverseName.Zones(0xC612_0000, 15));
        Assert.Equal(["10.in-addr.arpa"], ReverseName.Zones(0x0A00_0000, 8));
        Assert.Equal(["2.0.192.in-addr.arpa"], ReverseName.Zones(0xC000_0200, 24));
        Assert.Equal("4.5.e.4.d.f.ip6.arpa", ReverseName.Zone(0xFD4E54, 6));
    }
}
