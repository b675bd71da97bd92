using System.Net;
using Xunit;

namespace NTMobile.Packets.Tests;

public sealed class Nat64PrefixTests
{
    private static readonly Endpoint Host = Endpoint.Parse("192.0.2.33:4330");

    // RFC 6052 §2.4, table 1 and the well-known prefix of table 2.
    [Theory]
    [InlineData("2001:db8::", 32, "2001:db8:c000:221::")]
    [InlineData("2001:db8:100::", 40, "2001:db8:1c0:2:21::")]
    [InlineData("2001:db8:122::", 48, "2001:db8:122:c000:2:2100::")]
    [InlineData("2001:db8:122:300::", 56, "2001:db8:122:3c0:0:221::")]
    [InlineData("2001:db8:122:344::", 64, "2001:db8:122:344:c0:2:2100::")]
    [InlineData("2001:db8:122:344::", 96, "2001:db8:122:344::192.0.2.33")]
    [InlineData("64:ff9b::", 96, "64:ff9b::192.0.2.33")]
    public void An_address_is_embedded_and_found_again(string prefix, int length, string embedded)
    {
        var nat64 = Nat64Prefix.Create(Number(prefix), length);
        var expected = Endpoint.From(IPAddress.Parse(embedded), Host.Port);

        Assert.Equal(expected, nat64.Embed(Host));
        Assert.True(nat64.TryExtract(expected, out var found));
        Assert.Equal(Host, found);
        Assert.True(nat64.Embed(Host.OverTcp()).IsTcp);
        Assert.Equal($"{prefix}/{length}", nat64.ToString());
    }

    [Theory]
    [InlineData("2001:db8::", 32)]
    [InlineData("2001:db8:100::", 40)]
    [InlineData("2001:db8:122::", 48)]
    [InlineData("2001:db8:122:300::", 56)]
    [InlineData("2001:db8:122:344::", 64)]
    [InlineData("64:ff9b::", 96)]
    public void The_prefix_is_found_in_what_a_DNS64_says_of_ipv4only_arpa(string prefix, int length)
    {
        var nat64 = Nat64Prefix.Create(Number(prefix), length);

        Assert.Equal(nat64, Nat64Prefix.Find(nat64.Embed(Endpoint.Parse("192.0.0.170:1")).Address));
        Assert.Equal(nat64, Nat64Prefix.Find(nat64.Embed(Endpoint.Parse("192.0.0.171:1")).Address));
    }

    [Theory]
    [InlineData("2001:db8:1::5")]
    [InlineData("64:ff9b::192.0.0.172")]
    [InlineData("::")]
    public void Other_addresses_have_no_prefix_in_them(string address) => Assert.Null(Nat64Prefix.Find(Number(address)));

    [Theory]
    [InlineData("2001:db8:123::1")] // another prefix
    [InlineData("2001:db8:122:c000:102:2100::")] // bits 64 to 71 are not zero
    public void What_lies_outside_is_not_extracted(string address) =>
        Assert.False(Nat64Prefix.Create(Number("2001:db8:122::"), 48).TryExtract(Endpoint.From(IPAddress.Parse(address), 1), out _));

    [Fact]
    public void An_IPv4_endpoint_lies_outside()
    {
        Assert.False(Nat64Prefix.Create(0, 96).TryExtract(Host, out _));
    }

    [Fact]
    public void Other_lengths_do_not_exist() => Assert.Throws<ArgumentOutOfRangeException>(() => Nat64Prefix.Create(0, 80));

    private static UInt128 Number(string address) => Endpoint.From(IPAddress.Parse(address), 0).Address;
}
