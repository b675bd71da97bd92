using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

public sealed class DnsWatchTests
{
    [Fact]
    public void A_device_that_asks_others_is_written_down_and_nobody_else_is()
    {
        using var world = new SameSubnetWorld();
        world.Install();
        world.Apply();
        Assert.Empty(world.Router.Run(DnsWatch.Read)!);

        // Nobody listens: the packets are forwarded all the same.
        world.Device.TryExec("dig", "+tries=1 +time=1 @203.0.113.1 example.net");
        world.Device.TryExec("dig", "+tcp +tries=1 +time=1 @203.0.113.1 example.net");
        world.Device.TryExec("curl", "-s -m 1 telnet://203.0.113.1:853");
        world.Device.TryExec("curl", "-s -m 1 https://203.0.113.1/");
        world.Device.TryExec("dig", "+tries=1 +time=1 @192.168.8.1 example.net"); // the router itself

        var past = world.Router.Run(DnsWatch.Read)!;
        Assert.Equal([(false, 53), (true, 53), (true, 853)], past.Select(p => (p.IsTcp, p.Port)).Order());
        var mac = world.Device.Exec("ip", "-br link show dev0").Split(' ', StringSplitOptions.RemoveEmptyEntries)[2];
        Assert.All(past, p => Assert.Equal(mac, p.Mac));
        Assert.All(past, p => Assert.InRange(p.Ago, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData("""{"nftables": [{"metainfo": {}}, {"set": {"name": "dns_past"}}]}""", 0)]
    [InlineData("""{"nftables": [{"set": {"elem": [{"elem": {"val": {"concat": ["02:00:00:00:00:01", 6, 853]}, "expires": 3590}}]}}]}""", 1)]
    [InlineData("""{"nftables": [{"set": {"elem": [{"elem": {"val": {"concat": ["02:00:00:00:00:01", "udp", 53]}, "timeout": 3600}}]}}]}""", 0)]
    public void Elements_are_read(string json, int count) => Assert.Equal(count, DnsWatch.Parse(json).Count);

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"nftables": [{"set": {"elem": [1]}}]}""")]
    public void What_is_no_answer_is_refused(string json) => Assert.Throws<RuleSetException>(() => DnsWatch.Parse(json));
}
