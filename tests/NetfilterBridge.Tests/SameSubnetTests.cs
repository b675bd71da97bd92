using System.Net;
using NTMobile.Packets;
using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

public sealed class SameSubnetTests : IDisposable
{
    private readonly SameSubnetWorld _world = new();

    public SameSubnetTests()
    {
        _world.Install();
        Assert.True(_world.Apply() > 0);
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_device_with_the_uplinks_own_address_reaches_the_Internet()
    {
        Assert.True(_world.Ping(_world.Device, "203.0.113.1"));
        using var server = SameSubnetWorld.Serve(_world.Internet, 80);
        Assert.Equal(100_000, SameSubnetWorld.Fetch(_world.Device, SameSubnetWorld.InternetHost, 80));
    }

    [Fact]
    public void A_device_with_the_uplinks_own_address_reaches_the_router()
    {
        Assert.True(_world.Ping(_world.Device, "192.168.8.1"));
        using var server = SameSubnetWorld.Serve(_world.Router, 8080);
        Assert.Equal(100_000, SameSubnetWorld.Fetch(_world.Device, IPAddress.Parse("192.168.8.1"), 8080));
    }

    [Fact]
    public void The_routers_own_connections_reach_the_Internet()
    {
        using var server = SameSubnetWorld.Serve(_world.Internet, 80);
        Assert.Equal(100_000, SameSubnetWorld.Fetch(_world.Router, SameSubnetWorld.InternetHost, 80));
    }

    [Theory]
    [InlineData("203.0.113.1")]
    [InlineData("192.168.8.1")]
    public void A_socket_bound_to_the_uplink_speaks_with_the_Internet_and_with_the_gateway(string address)
    {
        var far = address == "192.168.8.1" ? _world.Home : _world.Internet;
        using var peer = far.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 4330))));
        using var own = _world.Router.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 4330)) { Device = "wan0" }));
        Assert.Equal(SendStatus.Sent, own.Send(Endpoint.From(IPAddress.Parse(address), 4330), new byte[2000], 1000).Status);
        Assert.Equal(1, peer.Receive(5000));
        Assert.Equal(SendStatus.Sent, peer.Send(peer[0].From, new byte[2000], 1000).Status);
        Assert.Equal(1, own.Receive(5000));
        Assert.Equal((2, address), (own[0].Count, own[0].From.ToIPAddress().ToString()));
        Assert.Equal("192.168.8.100:4330", own[0].Local.ToString());
    }

    [Fact]
    public void A_device_that_uses_the_routers_port_does_not_take_its_mapping()
    {
        using var peer = _world.Internet.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 4330))));
        using var device = _world.Device.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 4330))));
        using var own = _world.Router.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 4330)) { Device = "wan0" }));
        var to = Endpoint.From(SameSubnetWorld.InternetHost, 4330);
        device.Send(to, "device"u8, 6);
        Assert.Equal(1, peer.Receive(5000));
        var deviceMapping = peer[0].From;
        own.Send(to, "router"u8, 6);
        Assert.Equal(1, peer.Receive(5000));
        var ownMapping = peer[0].From;
        Assert.Equal(4330, ownMapping.Port);
        peer.Send(ownMapping, "router"u8, 6);
        peer.Send(deviceMapping, "device"u8, 6);
        Assert.Equal(1, own.Receive(5000));
        Assert.Equal("router"u8, own[0].Bytes);
        Assert.Equal(1, device.Receive(5000));
        Assert.Equal("device"u8, device[0].Bytes);
    }

    [Fact]
    public void An_answer_injected_with_the_routers_own_address_reaches_the_device()
    {
        using var tun = OpenTun();
        using var device = _world.Device.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 5353))));
        Assert.Equal(0, Inject(tun, "192.168.8.1", "192.168.8.100"));
        Assert.Equal(1, device.Receive(5000));
        Assert.Equal("192.168.8.1:53", device[0].From.ToString());
    }

    [Fact]
    public void From_the_tunnel_only_the_LAN_is_reached()
    {
        using var tun = OpenTun();
        using var router = _world.Router.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 5353))));
        using var internet = _world.Internet.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 5353))));
        using var device = _world.Device.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 5353))));
        Assert.Equal(0, Inject(tun, "198.18.0.9", "192.168.8.1"));
        Assert.Equal(0, Inject(tun, "198.18.0.9", "203.0.113.1"));
        Assert.Equal(0, Inject(tun, "198.18.0.9", "198.18.0.10"));
        Assert.Equal(0, Inject(tun, "198.18.0.9", "192.168.8.100"));
        Assert.Equal(1, device.Receive(5000));
        Assert.Equal("198.18.0.9:53", device[0].From.ToString());
        Assert.Equal((0, 0), (router.Receive(50), internet.Receive(50)));
    }

    [Fact]
    public void Applying_again_changes_nothing_and_damage_is_repaired()
    {
        Assert.Equal(0, _world.Apply());
        _world.Router.Exec("ip", "rule del pref 103");
        _world.Router.Exec("ip", "route flush table 1980 type unicast");
        _world.Router.Exec("ip", "rule add pref 0 lookup local");
        Assert.False(_world.Ping(_world.Device, "203.0.113.1"));
        Assert.True(_world.Apply() >= 3);
        Assert.Equal(0, _world.Apply());
        Assert.True(_world.Ping(_world.Device, "203.0.113.1"));
    }

    [Fact]
    public void An_uplink_that_goes_and_comes_is_followed()
    {
        _world.Router.Exec("ip", "link set wan0 down");
        _world.Apply();
        Assert.False(_world.Ping(_world.Device, "203.0.113.1"));
        Assert.True(_world.Ping(_world.Device, "192.168.8.1"));
        Assert.Equal(0, _world.Apply());
        _world.Router.Exec("ip", "link set wan0 up");
        _world.Router.Exec("ip", "address del 192.168.8.100/24 dev wan0");
        _world.Router.Exec("ip", "address add 192.168.8.200/24 dev wan0");
        _world.Router.Exec("ip", "route add default via 192.168.8.1 dev wan0");
        Assert.True(_world.Apply() > 0);
        Assert.True(_world.Ping(_world.Device, "203.0.113.1"));
        Assert.DoesNotContain(_world.Editor.Routes(), r => r.Table == 1990 && r.PreferredSource?.ToString() == "192.168.8.100");
    }

    [Fact]
    public void Removal_leaves_a_plain_machine()
    {
        var plan = PolicyRouting.Plan(new PolicyRoutingOptions { Lans = [new LanNetwork("lan0", IPAddress.Parse("192.168.8.1"), 24)] });
        _world.Router.Run(() => _world.PolicyRouter.Remove(plan));
        _world.Router.Run(() => RuleSet.Probe().Remove());
        _world.Router.Run(() => RuleSet.Probe().Remove());
        Assert.Equal(["0:\tfrom all lookup local", "32766:\tfrom all lookup main", "32767:\tfrom all lookup default"],
            _world.Router.Exec("ip", "-4 rule list").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain(_world.Editor.Routes(), r => plan.OwnTables.Contains(r.Table));
        Assert.DoesNotContain("ntm", _world.Router.Exec("nft", "list tables"));
        Assert.DoesNotContain("NTM", _world.Router.Exec("nft", "list ruleset"));
    }

    private TunDevice OpenTun()
    {
        var tun = _world.Router.Run(() => new TunDevice("ntm0"));
        _world.Router.Run(() => _world.Editor.SetLink(tun.Index, isUp: true));
        Assert.True(_world.Apply() > 0);
        return tun;
    }

    // A DNS-like datagram from port 53 to port 5353.
    private static int Inject(TunDevice tun, string source, string destination)
    {
        uint from = Endpoint.From(IPAddress.Parse(source), 0).Ipv4Address, to = Endpoint.From(IPAddress.Parse(destination), 0).Ipv4Address;
        var packet = new byte[20 + 8 + 4];
        Ipv4.Write(packet, from, to, IpProtocol.Udp, 12);
        Udp.Write(packet.AsSpan(20), from, to, 53, 5353);
        return tun.Write(default, packet);
    }
}
