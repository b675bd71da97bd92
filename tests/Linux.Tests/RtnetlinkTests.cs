using System.Net;
using NTMobile.TestSupport;
using Xunit;

namespace NTMobile.Linux.Tests;

public sealed class RtnetlinkTests : IDisposable
{
    private readonly NetNamespace _space = new();
    private readonly NetNamespace _other = new();
    private readonly RouteEditor _editor;
    private readonly int _link;

    public RtnetlinkTests()
    {
        NetNamespace.Join(_space, "lan0", "192.168.8.1/24", _other, "dev0", "192.168.8.50/24");
        _editor = _space.Run(() => new RouteEditor());
        _link = _space.Run(() => (int)Libc.if_nametoindex("lan0"));
    }

    public void Dispose()
    {
        _editor.Dispose();
        _space.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Links_and_addresses_are_listed()
    {
        // The kernel's link watcher, a worker of its own, reports the carrier a moment after both ends are up.
        SpinWait.SpinUntil(() => Lan().HasCarrier, TimeSpan.FromSeconds(5));
        var link = Lan();
        Assert.Equal((_link, true, true, 1500, "veth"), (link.Index, link.IsUp, link.HasCarrier, link.Mtu, link.Kind));
        Assert.NotEqual(0ul, link.HardwareAddress);
        Assert.Contains(_editor.Addresses(), a => a.LinkIndex == _link && a.Address.Equals(IPAddress.Parse("192.168.8.1")) && a.PrefixLength == 24);
        Assert.Contains(_editor.Addresses(), a => a.LinkIndex == _link && a.Address.IsIPv6LinkLocal);

        Link Lan() => _editor.Links().Single(l => l.Name == "lan0");
    }

    [Theory]
    [InlineData("10.1.0.0/16", RouteType.Unicast, "192.168.8.2")]
    [InlineData("0.0.0.0/0", RouteType.Unicast, "10.9.9.9")]
    [InlineData("192.168.8.0/24", RouteType.Unicast, null)]
    [InlineData("192.168.8.1/32", RouteType.Local, null)]
    [InlineData("192.168.8.255/32", RouteType.Broadcast, null)]
    [InlineData("198.18.0.0/15", RouteType.Unreachable, null)]
    [InlineData("2001:db8::/32", RouteType.Unicast, "fe80::1")]
    public void A_route_reads_back_as_it_was_set(string destination, RouteType type, string? gateway)
    {
        var isIpv6 = destination.Contains(':', StringComparison.Ordinal);
        var route = new Route(IPNetwork.Parse(destination))
        {
            Table = 1234,
            Type = type,
            Gateway = gateway is null ? null : IPAddress.Parse(gateway),
            OnLink = gateway is not null && !isIpv6,
            LinkIndex = type == RouteType.Unreachable ? 0 : _link,
            PreferredSource = type is RouteType.Unreachable || isIpv6 ? null : IPAddress.Parse("192.168.8.1"),
            Metric = isIpv6 ? 7u : 0,
            Mtu = gateway is null || isIpv6 ? 0 : 1400,
        };
        _editor.SetRoute(route);
        _editor.SetRoute(route);
        Assert.Equal(route, Assert.Single(_editor.Routes(), r => r.Table == 1234));
        Assert.True(_editor.DeleteRoute(route));
        Assert.False(_editor.DeleteRoute(route));
        Assert.DoesNotContain(_editor.Routes(), r => r.Table == 1234);
    }

    [Fact]
    public void Setting_a_route_again_replaces_it()
    {
        var route = new Route(IPNetwork.Parse("0.0.0.0/0")) { Table = 1234, Gateway = IPAddress.Parse("192.168.8.2"), LinkIndex = _link };
        _editor.SetRoute(route);
        _editor.SetRoute(route with { Gateway = IPAddress.Parse("192.168.8.3") });
        Assert.Equal(IPAddress.Parse("192.168.8.3"), Assert.Single(_editor.Routes(), r => r.Table == 1234).Gateway);
    }

    [Fact]
    public void Rules_read_back_as_they_were_added()
    {
        Rule[] rules =
        [
            new(200, 77) { Mark = 0x100000, MarkMask = 0x100000 },
            new(201, 1234) { InputInterface = "lan0", SuppressPrefixLength = 0 },
            new(202, 1234) { OutputInterface = "wan7" },
            new(203, 1234) { Source = IPNetwork.Parse("192.168.8.1/32"), InputInterface = "lo" },
            new(204, 1234) { Destination = IPNetwork.Parse("198.18.0.0/15") },
            new(204, 1235) { Family = System.Net.Sockets.AddressFamily.InterNetworkV6, Destination = IPNetwork.Parse("fd00::/8") },
        ];
        Assert.All(rules, rule => Assert.True(_editor.AddRule(rule)));
        Assert.All(rules, rule => Assert.False(_editor.AddRule(rule)));
        Assert.Equal(rules.ToHashSet(), _editor.Rules().Where(r => r.Protocol == RouteEditor.Protocol).ToHashSet());
        Assert.All(rules, rule => Assert.True(_editor.DeleteRule(rule)));
        Assert.All(rules, rule => Assert.False(_editor.DeleteRule(rule)));
        Assert.DoesNotContain(_editor.Rules(), r => r.Protocol == RouteEditor.Protocol);
    }

    [Fact]
    public void The_local_table_can_be_asked_later_than_first()
    {
        Assert.True(_editor.AddRule(new Rule(1000, Route.LocalTable)));
        Assert.True(_editor.DeleteRule(new Rule(0, Route.LocalTable) { Protocol = 2 }));
        var rule = Assert.Single(_editor.Rules(), r => r.Table == Route.LocalTable && r.Family == System.Net.Sockets.AddressFamily.InterNetwork);
        Assert.Equal(1000u, rule.Priority);
        _space.Exec("ping", "-c 1 -W 2 192.168.8.50");
    }

    [Fact]
    public async Task A_neighbour_that_has_left_is_found_out_by_asking()
    {
        const ushort reachable = 2, failed = 32;
        _space.Exec("ping", "-c 1 -W 2 192.168.8.50");
        var neighbour = Find()!;
        Assert.True(_editor.ProbeNeighbour(neighbour));
        await UntilAsync(reachable);
        Assert.Equal(neighbour.HardwareAddress, Find()!.HardwareAddress);
        _other.Exec("ip", "address del 192.168.8.50/24 dev dev0");
        Assert.True(_editor.ProbeNeighbour(neighbour));
        Assert.True(_editor.ProbeNeighbour(neighbour)); // asking on and on does not put off the answer
        await UntilAsync(failed);
        Assert.False(_editor.ProbeNeighbour(neighbour with { Address = IPAddress.Parse("192.168.8.77") }));

        Neighbour? Find() => _editor.Neighbours().SingleOrDefault(n => n.LinkIndex == _link && n.Address.ToString() == "192.168.8.50");

        async Task UntilAsync(ushort state)
        {
            for (var i = 0; i < 100 && Find() is { } now && now.State != state; i++)
            {
                await Task.Delay(100);
            }

            Assert.Equal(state, Find()?.State ?? failed);
        }
    }

    [Fact]
    public void Addresses_and_links_can_be_changed()
    {
        var address = new InterfaceAddress(_link, IPAddress.Parse("10.7.7.7"), 28);
        Assert.True(_editor.AddAddress(address));
        Assert.False(_editor.AddAddress(address));
        Assert.Contains(_editor.Addresses(), a => a.Address.Equals(address.Address) && a.PrefixLength == 28);
        Assert.True(_editor.DeleteAddress(address));
        Assert.False(_editor.DeleteAddress(address));
        _editor.SetLink(_link, isUp: false, mtu: 1280);
        var link = _editor.Links().Single(l => l.Index == _link);
        Assert.Equal((false, false, 1280), (link.IsUp, link.HasCarrier, link.Mtu));
    }

    [Fact]
    public void A_neighbours_hardware_address_is_known_once_it_was_spoken_to()
    {
        _space.Exec("ping", "-c 1 -W 2 192.168.8.50");
        using var other = _other.Run(() => new RouteEditor());
        var expected = other.Links().Single(l => l.Name == "dev0").HardwareAddress;
        Assert.Contains(_editor.Neighbours(), n =>
            n.LinkIndex == _link && n.Address.Equals(IPAddress.Parse("192.168.8.50")) && n.HardwareAddress == expected);
    }

    [Fact]
    public void The_kernel_says_why_it_refuses()
    {
        var error = Assert.Throws<LinuxException>(() => _editor.SetRoute(new Route(IPNetwork.Parse("10.0.0.0/8"))
        {
            Gateway = IPAddress.Parse("172.31.0.1"),
            LinkIndex = _link,
        }));
        Assert.Equal(Libc.ENETUNREACH, error.Errno);
        Assert.Contains("invalid gateway", error.Message);
    }

    [Fact]
    public void Changes_are_told_in_order()
    {
        using var monitor = _space.Run(() => new RouteMonitor());
        var changes = new List<NetworkChange>();
        var address = new InterfaceAddress(_link, IPAddress.Parse("10.7.7.7"), 28);
        _editor.AddAddress(address);
        _editor.SetLink(_link, isUp: false);
        Assert.True(monitor.Wait(changes, 5000) > 0);
        Assert.Contains(changes, c => c is AddressChanged { IsRemoved: false } a && a.Address.Address.Equals(address.Address));
        Assert.Contains(changes, c => c is RouteChanged { IsRemoved: false, Route.Table: Route.MainTable } r && r.Route.Destination.ToString() == "10.7.7.0/28");
        Assert.Contains(changes, c => c is LinkChanged { IsRemoved: false, Link.IsUp: false } l && l.Link.Index == _link);
        Assert.Equal(0, monitor.Read(changes));
    }

    [Fact]
    public void Loss_of_carrier_is_told()
    {
        using var monitor = _space.Run(() => new RouteMonitor());
        _other.Exec("ip", "link set dev0 down");
        var changes = new List<NetworkChange>();
        while (!changes.Any(c => c is LinkChanged { Link: { IsUp: true, HasCarrier: false } }))
        {
            Assert.True(monitor.Wait(changes, 5000) > 0);
        }
    }

    [Fact]
    public void Lost_messages_are_told_as_a_need_to_resync()
    {
        using var monitor = _space.Run(() => new RouteMonitor(receiveBuffer: 2048));
        for (var i = 0; i < 100; i++)
        {
            _editor.SetLink(_link, mtu: 1300 + i);
        }

        var changes = new List<NetworkChange>();
        monitor.Read(changes);
        Assert.Contains(changes, c => c is ResyncNeeded);
    }

    [Fact]
    public void A_setting_is_written_only_when_it_differs() => _space.Run(() =>
    {
        Assert.True(Sysctl.Set("net/ipv4/conf/lan0/accept_local", "1"));
        Assert.False(Sysctl.Set("net/ipv4/conf/lan0/accept_local", "1"));
        Assert.Equal("1", Sysctl.Get("net/ipv4/conf/lan0/accept_local"));
        Assert.Null(Sysctl.Get("net/ipv4/conf/none/accept_local"));
    });
}
