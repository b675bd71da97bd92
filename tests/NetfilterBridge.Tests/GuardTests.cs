using System.Net;
using NTMobile.Packets;
using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

public sealed class GuardTests : IDisposable
{
    private readonly SameSubnetWorld _world = new();
    private readonly RuleSetOptions _rules;

    public GuardTests()
    {
        _rules = _world.Rules;
        _world.Install();
        _world.Apply();
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Each_packet_meets_its_queue()
    {
        using var tcp = Open(_rules.FirstTcpQueue);
        using var other = Open(_rules.OtherQueue);
        using var dns = Open(_rules.DnsQueue);
        using var device = _world.Device.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 0))));
        device.Send(Endpoint.Parse("198.18.0.9:53"), [1], 1);
        device.Send(Endpoint.Parse("192.168.8.1:53"), [1, 2], 2);
        device.Send(Endpoint.Parse("203.0.113.1:53"), [1, 2, 3], 3);
        device.Send(Endpoint.Parse("203.0.113.1:54"), [1, 2, 3, 4], 4);
        _world.Device.TryExec("timeout", "0.2 curl -s http://198.18.0.9/");
        Assert.Equal([29], Lengths(other));
        Assert.Equal([30, 31], Lengths(dns));
        Assert.Equal([60], Lengths(tcp)[..1]);
    }

    [Fact]
    public void After_a_kill_virtual_addresses_are_refused_and_nothing_leaves()
    {
        using (Open(_rules.FirstTcpQueue))
        using (Open(_rules.OtherQueue))
        using (_world.Router.Run(() => new TunDevice("ntm0")))
        {
            // Closing descriptors is all that the kernel does for a killed process.
        }

        WaitUntilGone();
        var (code, output) = _world.Device.TryExec("ping", "-c 1 -W 2 198.18.0.9");
        Assert.NotEqual(0, code);
        Assert.Contains("From 192.168.8.1 icmp_seq=1 Destination Host Unreachable", output);
        Assert.Contains("No route to host", Connect("198.18.0.9"));
        Assert.NotEqual(0, _world.Router.TryExec("ping", "-c 1 -W 1 198.18.0.9").Code);
        Assert.True(_world.NothingVirtualLeft());
        Assert.True(_world.Ping(_world.Device, "203.0.113.1"));
    }

    [Fact]
    public void Even_without_the_guards_route_nothing_virtual_leaves()
    {
        _world.Router.Exec("ip", "rule del pref 100");
        Assert.NotEqual(0, _world.Device.TryExec("ping", "-c 1 -W 1 198.18.0.9").Code);
        Assert.NotEqual(0, _world.Router.TryExec("ping", "-c 1 -W 1 198.18.0.9").Code);
        Assert.True(_world.NothingVirtualLeft());
        Assert.Contains("counter packets 1 ", _world.Router.Exec("nft", "list chain inet ntm guard_forward"));
    }

    [Fact]
    public void DNS_goes_on_when_nobody_listens()
    {
        using var server = _world.Internet.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 53))));
        using var device = _world.Device.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 0))));
        device.Send(Endpoint.Parse("203.0.113.1:53"), "query"u8, 5);
        Assert.Equal(1, server.Receive(5000));
    }

    [Fact]
    public void Pretended_virtual_sources_are_dropped()
    {
        using var server = _world.Internet.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 9))));
        _world.Device.Exec("ip", "address add 198.18.0.9/32 dev dev0");
        using var device = _world.Device.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.Parse("198.18.0.9:0"))));
        device.Send(Endpoint.Parse("203.0.113.1:9"), "x"u8, 1);
        Assert.Equal(0, server.Receive(200));
        Assert.Contains("ip saddr 198.18.0.0/15 counter packets 1 ", _world.Router.Exec("nft", "list chain inet ntm guard_early"));
    }

    [Fact]
    public void Rules_can_be_replaced_while_traffic_runs()
    {
        for (var i = 0; i < 3; i++)
        {
            _world.Rules = _rules with { TcpQueueCount = (ushort)(i + 1), Uplinks = i == 1 ? [] : ["wan0"] };
            _world.Install();
        }

        Assert.True(_world.Ping(_world.Device, "203.0.113.1"));
        var text = _world.Router.Exec("nft", "list ruleset");
        foreach (var daddr in (string[])[" ip daddr", " ip6 daddr"])
        {
            Assert.Single(text.Split('\n'), line => line.Contains("queue") && line.Contains("l4proto tcp") && line.Contains(daddr));
        }

        Assert.Single(text.Split('\n'), line => line.Contains("masquerade") && !line.Contains("sport"));
    }

    [Fact]
    public void Names_that_are_none_are_refused_before_anything_changes()
    {
        foreach (var name in (string[])["", "a b", "x\"; flush ruleset; #", "sixteen-letters-", "a\nb"])
        {
            _world.Rules = _rules with { LanInterfaces = [name] };
            Assert.Throws<RuleSetException>(_world.Install);
        }

        Assert.Contains("\"lan0\"", _world.Router.Exec("nft", "list table inet ntm"));
    }

    private NfQueue Open(ushort number) => _world.Router.Run(() => new NfQueue(new NfQueueOptions(number) { GsoSuperPackets = true }));

    // A process that another test is just starting may hold copies of the descriptors until it runs its program.
    private void WaitUntilGone() => Assert.True(
        SpinWait.SpinUntil(
            () => _world.Router.Exec("cat", "/proc/net/netfilter/nfnetlink_queue").Trim().Length == 0 && !_world.Router.Exec("cat", "/proc/net/dev").Contains("ntm0"),
            TimeSpan.FromSeconds(10)),
        "the queues or the TUN device stayed");

    private static int[] Lengths(NfQueue queue)
    {
        queue.Receive(2000);
        var lengths = new int[queue.Count];
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = queue[i].Length;
        }

        return lengths;
    }

    private string Connect(string address)
    {
        try
        {
            return SameSubnetWorld.Fetch(_world.Device, IPAddress.Parse(address), 80).ToString();
        }
        catch (AggregateException e)
        {
            return e.InnerExceptions[0].Message;
        }
    }
}
