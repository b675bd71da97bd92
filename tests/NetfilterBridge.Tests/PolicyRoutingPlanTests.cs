using System.Net;
using NTMobile.Linux;
using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

public sealed class PolicyRoutingPlanTests
{
    private static readonly PolicyRoutingOptions Options = new()
    {
        Lans = [new LanNetwork("lan0", IPAddress.Parse("192.168.8.1"), 24)],
        Uplinks =
        [
            new UplinkNetwork("wan0", 1990, IPAddress.Parse("192.168.8.100"), 24, IPAddress.Parse("192.168.8.1")),
            new UplinkNetwork("wwan0", 1991, IPAddress.Parse("10.64.0.7"), 32, null),
        ],
        ChosenUplink = "wan0",
        HasIpv6 = false,
    };

    private static readonly PolicyRoutingOptions Dual = Options with
    {
        HasIpv6 = true,
        Lans = [Options.Lans[0] with { Ipv6 = [(IPAddress.Parse("fd00:8::1"), 64), (IPAddress.Parse("2001:db8:5::1"), 60)] }],
        AdvertisedUplinks = ["wan0"],
    };

    [Fact]
    public void With_ipv6_these_rules_routes_and_settings_are_added()
    {
        var (dual, plain) = (PolicyRouting.Plan(Dual), PolicyRouting.Plan(Options));
        Assert.Equal(
            ["100 to fd4e:5400::/24 table 1981", "101 iif ntm0 table 1980", "102 iif ntm0 table 1981"],
            dual.Rules.Except(plain.Rules).Select(Text));
        Assert.Equal(
            ["1981 Unreachable ::/0", "1980 Unicast fd00:8::/64 dev lan0", "1980 Unicast 2001:db8:5::/60 dev lan0"],
            dual.Routes.Except(plain.Routes).Select(Text));
        Assert.Equal(
            ["net/ipv6/conf/wan0/accept_ra=2", "net/ipv6/conf/all/forwarding=1", "net/ipv6/conf/ntm0/disable_ipv6=0"],
            dual.Settings.Except(plain.Settings).Select(s => $"{s.Name}={s.Value}"));
    }

    [Fact]
    public void A_lan_without_ipv6_does_not_make_the_kernel_forward_it() =>
        Assert.DoesNotContain(PolicyRouting.Plan(Options with { HasIpv6 = true }).Settings, s => s.Name.StartsWith("net/ipv6", StringComparison.Ordinal));

    [Fact]
    public void Rules_stand_in_this_order() => Assert.Equal(
        [
            "100 to 198.18.0.0/15 table 1981",
            "101 iif ntm0 table 1980",
            "102 iif ntm0 table 1981",
            "103 mark 100000 table 1980",
            "104 iif lan0 table 1980",
            "105 oif lan0 table 1980",
            "106 oif wan0 table 1990",
            "106 oif wwan0 table 1991",
            "107 iif wan0 table 1990 suppress 0",
            "107 iif wwan0 table 1991 suppress 0",
            "108 from 192.168.8.1/32 iif lo table 1980",
            "1000 table 255",
            "1001 from 192.168.8.100/32 iif lo table 1990",
            "1001 from 10.64.0.7/32 iif lo table 1991",
            "1002 table 1980",
            "1003 table 254 suppress 0",
            "1004 table 1990",
        ],
        PolicyRouting.Plan(Options).Rules.OrderBy(r => r.Priority).Select(Text));

    [Fact]
    public void Routes_are_these() => Assert.Equal(
        [
            "1981 Unreachable 0.0.0.0/0",
            "1980 Local 192.168.8.1/32 dev lan0 src 192.168.8.1",
            "1980 Unicast 192.168.8.0/24 dev lan0 src 192.168.8.1",
            "1980 Broadcast 192.168.8.255/32 dev lan0 src 192.168.8.1",
            "1990 Local 192.168.8.100/32 dev wan0 src 192.168.8.100",
            "1990 Unicast 192.168.8.0/24 dev wan0 src 192.168.8.100",
            "1990 Broadcast 192.168.8.255/32 dev wan0 src 192.168.8.100",
            "1990 Unicast 0.0.0.0/0 via 192.168.8.1 dev wan0 src 192.168.8.100",
            "1991 Local 10.64.0.7/32 dev wwan0 src 10.64.0.7",
            "1991 Unicast 0.0.0.0/0 dev wwan0 src 10.64.0.7",
        ],
        PolicyRouting.Plan(Options).Routes.Select(Text));

    [Fact]
    public void Without_a_chosen_uplink_table_main_has_the_last_word()
    {
        var plan = PolicyRouting.Plan(Options with { ChosenUplink = null });
        Assert.Equal(1003u, plan.Rules.Max(r => r.Priority));
        Assert.Equal(plan.Rules, PolicyRouting.Plan(Options with { ChosenUplink = "gone" }).Rules);
    }

    [Fact]
    public void A_gateway_outside_the_uplinks_subnet_gets_a_route_of_its_own()
    {
        var plan = PolicyRouting.Plan(Options with { Uplinks = [Options.Uplinks[0] with { Gateway = IPAddress.Parse("10.0.0.1") }] });
        Assert.Equal(
            ["1990 Unicast 10.0.0.1/32 dev wan0 src 192.168.8.100", "1990 Unicast 0.0.0.0/0 via 10.0.0.1 dev wan0 src 192.168.8.100"],
            plan.Routes.Select(Text).TakeLast(2));
    }

    [Fact]
    public void No_two_rules_are_equal() =>
        Assert.Equal(PolicyRouting.Plan(Options).Rules.Count, PolicyRouting.Plan(Options).Rules.Distinct().Count());

    [Fact]
    public void Source_addresses_are_believed_where_they_may_be_the_routers_own()
    {
        var settings = PolicyRouting.Plan(Options).Settings;
        foreach (var link in (string[])["ntm0", "lan0", "wan0", "wwan0"])
        {
            Assert.Contains(new PlannedSetting(link, $"net/ipv4/conf/{link}/accept_local", "1"), settings);
            Assert.Contains(new PlannedSetting(link, $"net/ipv4/conf/{link}/rp_filter", "0"), settings);
        }
    }

    [Fact]
    public void An_uplink_is_found_in_the_kernels_tables()
    {
        var address = IPAddress.Parse("10.1.2.3");
        var snapshot = new NetworkSnapshot(
            [new Link(7, "wan0", true, true, 1500, "", 0, 0), new Link(8, "wan1", true, false, 1500, "", 0, 0)],
            [new InterfaceAddress(7, IPAddress.Parse("169.254.1.1"), 16, Scope: 253), new InterfaceAddress(7, address, 24), new InterfaceAddress(8, address, 24)],
            [
                new Route(IPNetwork.Parse("0.0.0.0/0")) { LinkIndex = 7, Gateway = IPAddress.Parse("10.1.2.9"), Metric = 200 },
                new Route(IPNetwork.Parse("0.0.0.0/0")) { LinkIndex = 7, Gateway = IPAddress.Parse("10.1.2.1"), Metric = 100 },
                new Route(IPNetwork.Parse("0.0.0.0/0")) { LinkIndex = 7, Gateway = IPAddress.Parse("10.1.2.7"), Table = 1990 },
            ]);
        Assert.Equal(new UplinkNetwork("wan0", 1990, address, 24, IPAddress.Parse("10.1.2.1")), PolicyRouting.FindUplink(snapshot, "wan0", 1990));
        Assert.Null(PolicyRouting.FindUplink(snapshot, "wan1", 1991));
        Assert.Null(PolicyRouting.FindUplink(snapshot, "wan2", 1992));
    }

    [Fact]
    public void An_uplinks_ipv6_address_is_one_that_lasts_with_a_way_out()
    {
        const uint temporary = 0x01, deprecated = 0x20, tentative = 0x40;
        var address = IPAddress.Parse("2001:db8:1::7");
        var snapshot = new NetworkSnapshot(
            [new Link(7, "wan0", true, true, 1500, "", 0, 0), new Link(8, "wan1", true, true, 1500, "", 0, 0)],
            [
                new InterfaceAddress(7, IPAddress.Parse("fe80::7"), 64, Scope: 253),
                new InterfaceAddress(7, IPAddress.Parse("2001:db8:1::2"), 64, Flags: tentative),
                new InterfaceAddress(7, IPAddress.Parse("2001:db8:1::3"), 64, Flags: deprecated),
                new InterfaceAddress(7, IPAddress.Parse("2001:db8:1::4"), 64, Flags: temporary),
                new InterfaceAddress(7, IPAddress.Parse("fd00:1::1"), 64),
                new InterfaceAddress(7, IPAddress.Parse("2001:db8:1::9"), 64),
                new InterfaceAddress(7, address, 64),
                new InterfaceAddress(8, address, 64),
            ],
            [
                new Route(IPNetwork.Parse("::/0")) { LinkIndex = 7, Gateway = IPAddress.Parse("fe80::9"), Metric = 1024 },
                new Route(IPNetwork.Parse("::/0")) { LinkIndex = 7, Gateway = IPAddress.Parse("fe80::1"), Metric = 100 },
            ]);
        Assert.Equal(new UplinkNetwork("wan0", 1990, address, 64, IPAddress.Parse("fe80::1")), PolicyRouting.FindUplink6(snapshot, "wan0", 1990));
        Assert.Null(PolicyRouting.FindUplink6(snapshot, "wan1", 1991));
        Assert.Null(PolicyRouting.FindUplink(snapshot, "wan0", 1990));
    }

    [Fact]
    public void An_uplink_by_ipv6_has_a_table_that_says_from_which_address()
    {
        var with = PolicyRouting.Plan(Dual with { Uplinks6 = [new UplinkNetwork("wan0", 1990, IPAddress.Parse("2001:db8:1::7"), 64, IPAddress.Parse("fe80::1"))] });
        var without = PolicyRouting.Plan(Dual);
        Assert.Equal(["103 oif wan0 table 1990"], with.Rules.Except(without.Rules).Select(Text));
        Assert.Equal(
            ["1990 Unicast 2001:db8:1::/64 dev wan0 src 2001:db8:1::7", "1990 Unicast ::/0 via fe80::1 dev wan0 src 2001:db8:1::7"],
            with.Routes.Except(without.Routes).Select(Text));
    }

    [Fact]
    public void A_lans_addresses_of_both_versions_are_found_in_the_kernels_tables()
    {
        const uint tentative = 0x40;
        var (address, ipv6) = (IPAddress.Parse("192.168.8.1"), IPAddress.Parse("fd00:8::1"));
        var snapshot = new NetworkSnapshot(
            [new Link(8, "lan0", true, false, 1500, "", 0, 0)],
            [
                new InterfaceAddress(8, IPAddress.Parse("fe80::1"), 64, Scope: 253),
                new InterfaceAddress(8, IPAddress.Parse("2001:db8::1"), 64, Flags: tentative),
                new InterfaceAddress(8, ipv6, 64),
                new InterfaceAddress(8, address, 24),
            ],
            []);
        var lan = PolicyRouting.FindLan(snapshot, "lan0")!;
        Assert.Equal(("lan0", address, 24), (lan.Name, lan.Address, lan.PrefixLength));
        Assert.Equal([(ipv6, 64)], lan.Ipv6);
    }

    private static string Text(Rule rule) => string.Join(' ', new[]
    {
        rule.Priority.ToString(),
        rule.Destination is null ? null : $"to {rule.Destination}",
        rule.Source is null ? null : $"from {rule.Source}",
        rule.MarkMask == 0 ? null : $"mark {rule.Mark:x}",
        rule.InputInterface is null ? null : $"iif {rule.InputInterface}",
        rule.OutputInterface is null ? null : $"oif {rule.OutputInterface}",
        $"table {rule.Table}",
        rule.SuppressPrefixLength < 0 ? null : $"suppress {rule.SuppressPrefixLength}",
    }.Where(part => part is not null));

    private static string Text(PlannedRoute planned) => string.Join(' ', new[]
    {
        planned.Route.Table.ToString(),
        planned.Route.Type.ToString(),
        planned.Route.Destination.ToString(),
        planned.Route.Gateway is null ? null : $"via {planned.Route.Gateway}",
        planned.Link is null ? null : $"dev {planned.Link}",
        planned.Route.PreferredSource is null ? null : $"src {planned.Route.PreferredSource}",
    }.Where(part => part is not null));
}
