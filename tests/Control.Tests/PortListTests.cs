using Xunit;

namespace NTMobile.Control.Tests;

public sealed class PortListTests
{
    [Theory]
    [InlineData("tcp/22,udp/5000-5010,icmp", "icmp,tcp/22,udp/5000-5010")]
    [InlineData(" TCP/443 , tcp/80 ", "tcp/80,tcp/443")]
    [InlineData("tcp/1-10,tcp/5-20,tcp/21", "tcp/1-21")]
    [InlineData("tcp/1-65535", "tcp")]
    [InlineData("udp", "udp")]
    [InlineData("All", "all")]
    public void A_list_has_one_normal_form(string text, string normal)
    {
        Assert.True(PortList.TryParse(text, out var ports, out _));
        Assert.Equal(normal, ports.ToString());
        Assert.True(PortList.TryParse(normal, out var again, out _));
        Assert.Equal(normal, again.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("22")]
    [InlineData("tcp/0")]
    [InlineData("tcp/65536")]
    [InlineData("tcp/20-10")]
    [InlineData("tcp/1-2-3")]
    [InlineData("tcp/")]
    [InlineData("tcp/+5")]
    [InlineData("icmp/8")]
    [InlineData("6/22")]
    [InlineData("sctp/5")]
    [InlineData("all,tcp/22")]
    public void Anything_else_is_refused_with_words(string? text)
    {
        Assert.False(PortList.TryParse(text, out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void It_covers_what_it_names_and_nothing_else()
    {
        Assert.True(PortList.TryParse("tcp/22,udp/5000-5010,icmp", out var ports, out _));
        Assert.True(ports.Covers(PortProtocol.Tcp, 22));
        Assert.True(ports.Covers(PortProtocol.Udp, 5010));
        Assert.True(ports.Covers(PortProtocol.Icmp, 0));
        Assert.False(ports.Covers(PortProtocol.Udp, 22));
        Assert.False(ports.Covers(PortProtocol.Udp, 5011));
        Assert.True(PortList.All.Covers(PortProtocol.Tcp, 1));
    }
}
