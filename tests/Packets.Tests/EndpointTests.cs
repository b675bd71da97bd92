using System.Net;
using CsCheck;
using Xunit;

namespace NTMobile.Packets.Tests;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("192.0.2.1:443")]
    [InlineData("[2001:db8::1]:4330")]
    [InlineData("[fe80::1%3]:1")]
    [InlineData("0.0.0.0:0")]
    public void Text_goes_there_and_back(string text) => Assert.Equal(text, Endpoint.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("192.0.2.1")]
    [InlineData(":443")]
    [InlineData("192.0.2.1:")]
    [InlineData("192.0.2.1:65536")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:db8::1:443")]
    [InlineData("[192.0.2.1]:443")]
    [InlineData("host:443")]
    public void Text_without_address_or_port_is_refused(string text)
    {
        Assert.False(Endpoint.TryParse(text, out var endpoint));
        Assert.True(endpoint.IsNone);
    }

    [Fact]
    public void A_mapped_address_is_IPv4()
    {
        var mapped = Endpoint.From(IPAddress.Parse("::ffff:192.0.2.1"), 5);
        Assert.Equal(Endpoint.FromIpv4(0xC0000201, 5), mapped);
        Assert.True(mapped.IsIpv4);
    }

    [Fact]
    public void The_same_address_and_port_over_tcp_is_another_endpoint()
    {
        var udp = Endpoint.Parse("192.0.2.1:4331");
        var tcp = udp.OverTcp();
        Assert.NotEqual(udp, tcp);
        Assert.Equal(tcp, udp.OverTcp().OverTcp());
        Assert.Equal("192.0.2.1:4331/tcp", tcp.ToString());
        Assert.Equal("[2001:db8::1]:4331/tcp", Endpoint.Parse("[2001:db8::1]:4331").OverTcp().ToString());
        Assert.False(Endpoint.TryParse("192.0.2.1:4331/tcp", out _)); // nobody can be told of one
    }

    [Fact]
    public void None_differs_from_the_unspecified_address()
    {
        Assert.NotEqual(default, Endpoint.FromIpv4(0, 0));
        Assert.NotEqual(Endpoint.FromIpv4(0, 0), Endpoint.FromIpv6(0, 0));
        Assert.Equal("none", default(Endpoint).ToString());
    }

    [Fact]
    public void Dotnets_endpoints_go_there_and_back() =>
        Gen.Select(Gen.Byte.Array[16], Gen.UShort, Gen.Bool).Sample((bytes, port, isIpv4) =>
        {
            var address = new IPAddress(isIpv4 ? bytes.AsSpan(0, 4) : bytes.AsSpan());
            var endpoint = Endpoint.From(address, port);
            return endpoint.ToIPEndPoint().Equals(new IPEndPoint(address, port))
                && endpoint == Endpoint.Parse(endpoint.ToString())
                && endpoint.GetHashCode() == Endpoint.Parse(endpoint.ToString()).GetHashCode();
        });

    [Fact]
    public void A_MAC_address_is_written_with_colons() =>
        Assert.Equal("02:00:0a:ff:00:10", MacAddress.Read([2, 0, 10, 255, 0, 16]).ToString());
}
