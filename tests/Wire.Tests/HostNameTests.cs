namespace NTMobile.Wire.Tests;

public sealed class HostNameTests
{
    private static readonly string Label63 = new('a', 63);

    [Theory]
    [InlineData("Phone.Home.EXAMPLE", "phone.home.example")]
    [InlineData("phone.home.example.", "phone.home.example")]
    [InlineData("a", "a")]
    [InlineData("_ntm.x-1.2", "_ntm.x-1.2")]
    public void A_host_name_gets_its_normal_form(string text, string normal)
    {
        Assert.True(HostName.TryNormalize(text, out var name));
        Assert.Equal(normal, name);
        Assert.True(HostName.IsNormal(name));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a..")]
    [InlineData("-a.b")]
    [InlineData("a-.b")]
    [InlineData("a b")]
    [InlineData("a*b")]
    [InlineData("ä.example")]
    [InlineData("\u212A.example")] // the Kelvin sign, whose lower case is k
    [InlineData("a\0")]
    public void What_is_no_host_name_is_refused(string? text)
    {
        Assert.False(HostName.TryNormalize(text, out var name));
        Assert.Null(name);
    }

    [Fact]
    public void Labels_have_at_most_63_and_names_at_most_253_bytes()
    {
        Assert.True(HostName.IsLabel(Label63));
        Assert.False(HostName.IsLabel(Label63 + "a"));
        Assert.False(HostName.IsLabel("a.b"));
        Assert.True(HostName.IsNormal($"{Label63}.{Label63}.{Label63}.{Label63[..61]}"));
        Assert.False(HostName.IsNormal($"{Label63}.{Label63}.{Label63}.{Label63[..62]}"));
        Assert.False(HostName.IsNormal("A"));
    }

    [Theory]
    [InlineData("a.example", "example", true)]
    [InlineData("example", "example", true)]
    [InlineData("aexample", "example", false)]
    [InlineData("example", "a.example", false)]
    [InlineData("a\\046example", "example", false)]
    public void A_name_is_within_a_zone_by_whole_labels(string name, string zone, bool within) =>
        Assert.Equal(within, HostName.IsWithin(name, zone));
}
