using System.Net;
using NTMobile.Packets;
using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

public sealed class RuleTextTests
{
    private static readonly RuleSetOptions Options = new()
    {
        LanInterfaces = ["lan0", "lan1"],
        Uplinks = ["wan0"],
        TcpQueueCount = 2,
        RouterPort = 4330,
    };

    [Fact]
    public void Nftables_text_with_queues_is_this() => Assert.Equal(
        """
        table inet ntm
        delete table inet ntm
        table inet ntm {
        	set dns_past {
        		type ether_addr . inet_proto . inet_service
        		flags dynamic,timeout
        		timeout 3600s
        		size 1024
        	}
        	chain guard_early {
        		type filter hook prerouting priority -301; policy accept;
        		iifname "ntm0" notrack accept
        		ip saddr 198.18.0.0/15 counter drop
        		ip6 saddr fd4e:5400::/24 counter drop
        		iifname { "lan0", "lan1" } ip daddr 198.18.0.0/15 meta l4proto tcp queue num 4330-4331 bypass
        		iifname { "lan0", "lan1" } ip daddr 198.18.0.0/15 meta l4proto != tcp queue num 4350 bypass
        		iifname { "lan0", "lan1" } ip6 daddr fd4e:5400::/24 meta l4proto tcp queue num 4330-4331 bypass
        		iifname { "lan0", "lan1" } ip6 daddr fd4e:5400::/24 meta l4proto != tcp queue num 4350 bypass
        		iifname { "lan0", "lan1" } ip daddr 198.18.0.0/15 accept
        		iifname { "lan0", "lan1" } ip6 daddr fd4e:5400::/24 accept
        		iifname { "lan0", "lan1" } ct original zone set 4330
        		iifname { "wan0" } ip daddr 198.18.0.0/15 counter drop
        		iifname { "wan0" } ip6 daddr fd4e:5400::/24 counter drop
        		iifname { "lan0", "lan1" } ip daddr != 198.18.0.0/15 udp dport 53 queue num 4351 bypass
        		iifname { "lan0", "lan1" } ip6 daddr != fd4e:5400::/24 udp dport 53 queue num 4351 bypass
        	}
        	chain lan_mark {
        		type filter hook prerouting priority mangle; policy accept;
        		iifname { "lan0", "lan1" } ct direction original ct mark set ct mark or 0x00100000
        		ct direction reply ct mark and 0x00100000 == 0x00100000 meta mark set meta mark or 0x00100000
        	}
        	chain guard_input {
        		type filter hook input priority filter; policy accept;
        		iifname "ntm0" counter drop
        	}
        	chain guard_forward {
        		type filter hook forward priority filter; policy accept;
        		iifname "ntm0" oifname { "lan0", "lan1" } accept
        		iifname "ntm0" counter drop
        		ip daddr 198.18.0.0/15 oifname != { "lan0", "lan1", "ntm0" } counter drop
        		ip6 daddr fd4e:5400::/24 oifname != { "lan0", "lan1", "ntm0" } counter drop
        		iifname { "wan0" } ip6 daddr fc00::/7 oifname { "lan0", "lan1" } ct state new counter drop
        		oifname { "wan0" } tcp flags syn tcp option maxseg size set rt mtu
        		iifname { "wan0" } tcp flags syn tcp option maxseg size set rt mtu
        	}
        	chain dns_watch {
        		type filter hook forward priority filter - 1; policy accept;
        		iifname { "lan0", "lan1" } oifname { "wan0" } meta l4proto { tcp, udp } th dport { 53, 853 } update @dns_past { ether saddr . meta l4proto . th dport }
        		iifname { "lan0", "lan1" } oifname { "wan0" } ip daddr { 1.1.1.1, 1.0.0.1, 8.8.8.8, 8.8.4.4, 9.9.9.9, 149.112.112.112, 208.67.222.222, 208.67.220.220, 94.140.14.14, 94.140.15.15 } meta l4proto { tcp, udp } th dport 443 update @dns_past { ether saddr . meta l4proto . th dport }
        		iifname { "lan0", "lan1" } oifname { "wan0" } ip6 daddr { 2606:4700:4700::1111, 2606:4700:4700::1001, 2001:4860:4860::8888, 2001:4860:4860::8844, 2620:fe::fe, 2620:fe::9, 2620:119:35::35, 2620:119:53::53, 2a10:50c0::ad1:ff, 2a10:50c0::ad2:ff } meta l4proto { tcp, udp } th dport 443 update @dns_past { ether saddr . meta l4proto . th dport }
        	}
        	chain guard_output {
        		type filter hook output priority filter; policy accept;
        		ip daddr 198.18.0.0/15 oifname != { "lan0", "lan1", "ntm0" } counter drop
        		ip6 daddr fd4e:5400::/24 oifname != { "lan0", "lan1", "ntm0" } counter drop
        	}
        	chain lan_source {
        		type nat hook postrouting priority srcnat; policy accept;
        		iifname { "lan0", "lan1" } oifname { "wan0" } meta nfproto ipv4 udp sport 4330 masquerade to :32768-60999
        		iifname { "lan0", "lan1" } oifname { "wan0" } meta nfproto ipv4 masquerade
        	}
        }

        """,
        RuleText.Nft(Options, withQueue: true, withZones: true));

    [Fact]
    public void Iptables_text_for_the_queues_alone_is_this() => Assert.Equal(
        """
        *raw
        :NTM_QUEUE - [0:0]
        -A NTM_QUEUE -i lan0 -d 198.18.0.0/15 -p tcp -j NFQUEUE --queue-balance 4330:4331 --queue-bypass
        -A NTM_QUEUE -i lan0 -d 198.18.0.0/15 ! -p tcp -j NFQUEUE --queue-num 4350 --queue-bypass
        -A NTM_QUEUE -i lan0 ! -d 198.18.0.0/15 -p udp --dport 53 -j NFQUEUE --queue-num 4351 --queue-bypass
        -A NTM_QUEUE -i lan1 -d 198.18.0.0/15 -p tcp -j NFQUEUE --queue-balance 4330:4331 --queue-bypass
        -A NTM_QUEUE -i lan1 -d 198.18.0.0/15 ! -p tcp -j NFQUEUE --queue-num 4350 --queue-bypass
        -A NTM_QUEUE -i lan1 ! -d 198.18.0.0/15 -p udp --dport 53 -j NFQUEUE --queue-num 4351 --queue-bypass
        -I PREROUTING -j NTM_QUEUE
        COMMIT

        """,
        RuleText.Iptables(Options, Options.VirtualPrefix, withJump: true));

    [Fact]
    public void Text_for_a_kernel_without_queue_differs_in_the_queue_rules_alone() => Assert.Equal(
        RuleText.Nft(Options, withQueue: true, withZones: true).Split('\n').Where(l => !l.Contains(" queue num ")),
        RuleText.Nft(Options, withQueue: false, withZones: true).Split('\n'));

    [Fact]
    public void Text_for_a_kernel_without_zones_differs_in_that_rule_alone() => Assert.Equal(
        RuleText.Nft(Options, withQueue: true, withZones: true).Split('\n').Where(l => !l.Contains(" zone ")),
        RuleText.Nft(Options, withQueue: true, withZones: false).Split('\n'));

    [Fact]
    public void What_is_switched_off_leaves_no_rule()
    {
        var text = RuleText.Nft(Options with { Uplinks = [] }, withQueue: true, withZones: true);
        Assert.DoesNotContain("masquerade", text);
        Assert.DoesNotContain("maxseg", text);
        Assert.DoesNotContain("wan0", text);
        text = RuleText.Nft(Options with { Masquerade = false, ClampMss = false, TcpQueueCount = 1 }, withQueue: true, withZones: true);
        Assert.DoesNotContain("masquerade", text);
        Assert.DoesNotContain("maxseg", text);
        Assert.Contains("queue num 4330 bypass", text);
    }

    [Fact]
    public void Ports_for_translated_packets_are_queued_guarded_untracked_and_spared()
    {
        var options = Options with { TranslationPorts = new PortBlock(61440, 65535) };
        Assert.Equal(
            [
                "iifname { \"wan0\" } meta nfproto ipv4 meta l4proto { tcp, udp } th dport 61440-65535 queue num 4352 bypass",
                "iifname { \"wan0\" } meta nfproto ipv4 meta l4proto { tcp, udp } th dport 61440-65535 counter drop",
                "chain translated_output {",
                "type filter hook output priority raw; policy accept;",
                "oifname { \"wan0\" } meta nfproto ipv4 meta l4proto { tcp, udp } th sport 61440-65535 notrack",
                "}",
                "iifname { \"lan0\", \"lan1\" } oifname { \"wan0\" } meta nfproto ipv4 meta l4proto { tcp, udp } th sport 61440-65535 masquerade to :32768-60999",
            ],
            Added(Lines(RuleText.Nft(Options, withQueue: true, withZones: true)), Lines(RuleText.Nft(options, withQueue: true, withZones: true))));
        Assert.Equal(
            [
                "-A NTM_QUEUE -i wan0 -p tcp --dport 61440:65535 -j NFQUEUE --queue-num 4352 --queue-bypass",
                "-A NTM_QUEUE -i wan0 -p udp --dport 61440:65535 -j NFQUEUE --queue-num 4352 --queue-bypass",
            ],
            Added(
                Lines(RuleText.Iptables(Options, Options.VirtualPrefix, withJump: true)), Lines(RuleText.Iptables(options, Options.VirtualPrefix, withJump: true))));
        Assert.Equal(
            RuleText.Iptables(Options, Options.VirtualPrefix6, withJump: true), RuleText.Iptables(options, Options.VirtualPrefix6, withJump: true));

        static string[] Lines(string text) => [.. text.Split('\n').Select(l => l.Trim())];

        // What the longer text has more, in its order.
        static string[] Added(string[] before, string[] after)
        {
            var (added, at) = (new List<string>(), 0);
            foreach (var line in after)
            {
                if (at < before.Length && before[at] == line)
                {
                    at++;
                }
                else
                {
                    added.Add(line);
                }
            }

            Assert.Equal(before.Length, at);
            return [.. added];
        }
    }

    [Fact]
    public void Rules_for_ordinary_hosts_mark_what_the_first_that_fits_says() => Assert.Equal(
        """
        	chain internet_must {
        		meta mark set meta mark or 0x00200000
        		notrack
        		accept
        	}
        	chain internet_may {
        		meta mark set meta mark or 0x00400000
        		return
        	}
        	chain internet_names {
        		ether saddr 02:00:00:00:00:01 goto internet_must
        		meta nfproto ipv4 goto internet_may
        		return
        	}
        	chain internet {
        		ip daddr 192.168.8.1 meta l4proto { tcp, udp } th dport 53 goto internet_names
        		ip6 daddr { ::/127, fc00::/7, fe80::/10, ff00::/8 } meta l4proto { tcp, udp } th dport 53 goto internet_names
        		ip daddr 192.168.8.0/24 return
        		ip daddr { 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3 } return
        		ip6 daddr { ::/127, fc00::/7, fe80::/10, ff00::/8 } return
        		ether saddr 02:00:00:00:00:01 ip daddr 203.0.113.0/24 return
        		ether saddr 02:00:00:00:00:01 goto internet_must
        		meta nfproto ipv4 goto internet_may
        	}

        """,
        string.Concat(InternetRuleText.Chains(WithRules, withQueue: false).Select(
            c => $"\tchain {c.Name} {{\n{string.Concat(c.Rules.Select(r => $"\t\t{r}\n"))}\t}}\n")));

    [Fact]
    public void What_must_be_queued_is_guarded_and_queued_before_name_queries()
    {
        var text = RuleText.Nft(WithRules, withQueue: false, withZones: true);
        Assert.Contains("iifname { \"lan0\", \"lan1\" } jump internet\n", text);
        Assert.Contains("meta mark and 0x00200000 == 0x00200000 counter drop\n", text);
        Assert.Contains("meta mark and 0x00200000 == 0x00200000 meta l4proto { tcp, udp } th dport 53 counter drop\n", text);
        Assert.Contains("meta mark and 0x00400000 == 0x00400000 ct state { established, related } meta mark set meta mark and 0xffbfffff\n", text);
        var raw = RuleText.Iptables(WithRules, WithRules.VirtualPrefix, withJump: false).Split('\n');
        Assert.Equal(
            "-A NTM_QUEUE -i lan0 -m mark --mark 0x00200000/0x00200000 -j NFQUEUE --queue-num 4350 --queue-bypass",
            raw[Array.FindIndex(raw, l => l.Contains("--dport 53", StringComparison.Ordinal)) - 1]);
        Assert.DoesNotContain("--mark", RuleText.Iptables(WithRules, WithRules.VirtualPrefix6, withJump: false));
        Assert.Equal(
            """
            *mangle
            :NTM_INTERNET - [0:0]
            -A NTM_INTERNET -i lan0 -m mark --mark 0x00400000/0x00400000 -j NFQUEUE --queue-num 4350 --queue-bypass
            -A NTM_INTERNET -i lan1 -m mark --mark 0x00400000/0x00400000 -j NFQUEUE --queue-num 4350 --queue-bypass
            -I PREROUTING -j NTM_INTERNET
            COMMIT

            """,
            InternetRuleText.Mangle(WithRules, withJump: true));
    }

    [Fact]
    public void Virtual_addresses_of_both_versions_are_none_of_an_ordinary_host_and_are_passed_before()
    {
        foreach (var withQueue in new[] { false, true })
        {
            var lines = RuleText.Nft(WithRules, withQueue, withZones: true).Split('\n').ToList();
            var jump = lines.FindIndex(l => l.Contains("jump internet", StringComparison.Ordinal));
            Assert.All(["ip daddr 198.18.0.0/15 accept", "ip6 daddr fd4e:5400::/24 accept"], rule =>
                Assert.InRange(lines.FindIndex(l => l.EndsWith(rule, StringComparison.Ordinal)), 0, jump - 1));
        }
    }

    [Fact]
    public void Names_of_the_zone_are_answered_over_IPv6_too() => Assert.Contains(
        "meta nfproto ipv6 udp dport 53 queue num 4351 bypass",
        InternetRuleText.Chains(WithRules, withQueue: true).Single(c => c.Name == "internet_must").Rules);

    [Fact]
    public void A_servers_rules_let_devices_out_to_the_Internet_alone_and_answers_alone_back() => Assert.Equal(
        """
        table ip ntm_rs
        delete table ip ntm_rs
        table ip ntm_rs {
        	set connections {
        		type ipv4_addr; flags dynamic
        	}
        	chain guard_early {
        		type filter hook prerouting priority -301; policy accept;
        		iifname != "ntm-out" ip saddr 100.72.0.0/16 counter drop
        		iifname "ntm-out" ip saddr != 100.72.0.0/16 counter drop
        	}
        	chain guard_input {
        		type filter hook input priority filter; policy accept;
        		iifname "ntm-out" ip daddr 192.0.2.2 meta l4proto { tcp, udp } th dport 53 accept
        		iifname "ntm-out" counter drop
        	}
        	chain guard_forward {
        		type filter hook forward priority filter; policy accept;
        		iifname "ntm-out" ip daddr 192.0.2.2 meta l4proto { tcp, udp } th dport 53 accept
        		iifname "ntm-out" ip daddr { 10.0.0.0/8, 100.72.0.0/16 } counter drop
        		iifname "ntm-out" ct state new add @connections { ip saddr ct count over 4096 } counter drop
        		oifname "ntm-out" ct state != { established, related } counter drop
        		iifname != "ntm-out" oifname != "ntm-out" counter drop
        	}
        	chain source {
        		type nat hook postrouting priority srcnat; policy accept;
        		ip saddr 100.72.0.0/16 oifname != "ntm-out" snat to 192.0.2.3
        	}
        }

        """,
        EgressRules.Text(new EgressRulesOptions
        {
            TunName = "ntm-out",
            Pool = IPNetwork.Parse("100.72.0.0/16"),
            PublicAddress = IPAddress.Parse("192.0.2.3"),
            Resolver = IPAddress.Parse("192.0.2.2"),
            Denied = [IPNetwork.Parse("10.0.0.0/8")],
            ForwardsNothingElse = true,
        }));

    [Fact]
    public void Of_IPv6_a_server_lets_through_what_goes_between_published_devices_and_the_Internet_and_tracks_none_of_it() => Assert.EndsWith(
        """
        table ip6 ntm_rs
        delete table ip6 ntm_rs
        table ip6 ntm_rs {
        	chain guard_early {
        		type filter hook prerouting priority -301; policy accept;
        		iifname != "ntm-out" ip6 saddr 2001:db8:5::/64 counter drop
        		iifname "ntm-out" ip6 saddr != 2001:db8:5::/64 counter drop
        		iifname "ntm-out" notrack
        		ip6 daddr 2001:db8:5::/64 notrack
        	}
        	chain guard_input {
        		type filter hook input priority filter; policy accept;
        		iifname "ntm-out" counter drop
        	}
        	chain guard_forward {
        		type filter hook forward priority filter; policy accept;
        		iifname "ntm-out" ip6 daddr 2001:db8:5::/64 counter drop
        		iifname "ntm-out" ip6 daddr != 2000::/3 counter drop
        		oifname "ntm-out" ip6 saddr != 2000::/3 counter drop
        		oifname "ntm-out" ip6 daddr != 2001:db8:5::/64 counter drop
        		iifname != "ntm-out" oifname != "ntm-out" counter drop
        	}
        }

        """,
        EgressRules.Text(new EgressRulesOptions
        {
            TunName = "ntm-out",
            Pool = IPNetwork.Parse("100.72.0.0/16"),
            Denied = [],
            Publishes = true,
            Prefix6 = IPNetwork.Parse("2001:db8:5::/64"),
            ForwardsNothingElse6 = true,
        }),
        StringComparison.Ordinal);

    [Fact]
    public void Packets_for_hosts_outside_meet_the_queue_of_single_packets()
    {
        var options = Options with { LanInterfaces = ["lan0"], OutsideHosts = IPNetwork.Parse("198.19.192.0/18") };
        var raw = RuleText.Iptables(options, options.VirtualPrefix, withJump: false).Split('\n');
        Assert.Equal("-A NTM_QUEUE -i lan0 -d 198.19.192.0/18 -j NFQUEUE --queue-num 4350 --queue-bypass", raw[2]);
        Assert.DoesNotContain("198.19", RuleText.Iptables(options, options.VirtualPrefix6, withJump: false));
        Assert.Contains("ip daddr 198.19.192.0/18 queue num 4350 bypass", RuleText.Nft(options, withQueue: true, withZones: true), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_publishes_lets_in_what_is_for_published_ports_alone()
    {
        var text = EgressRules.Text(new EgressRulesOptions { TunName = "ntm-out", Pool = IPNetwork.Parse("100.72.0.0/16"), Denied = [], Publishes = true });
        Assert.Contains(
            """
            	map published {
            		type ipv4_addr . inet_proto . inet_service : ipv4_addr; flags interval
            	}
            	set published_at {
            		type ipv4_addr . inet_proto . inet_service; flags interval
            	}
            	chain publish {
            		type nat hook prerouting priority dstnat; policy accept;
            		iifname != "ntm-out" meta l4proto { tcp, udp } dnat to ip daddr . meta l4proto . th dport map @published
            	}
            """,
            text,
            StringComparison.Ordinal);
        Assert.Contains(
            """
            		oifname "ntm-out" ct status dnat ct direction original meta l4proto { tcp, udp } ip daddr . meta l4proto . th dport != @published_at counter drop
            		oifname "ntm-out" ct status dnat ct state new add @published_connections { ip daddr ct count over 4096 } counter drop
            		oifname "ntm-out" ct status dnat accept
            		oifname "ntm-out" ct state != { established, related } counter drop
            """,
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_published_replaces_what_was()
    {
        Assert.Equal("flush map ip ntm_rs published\nflush set ip ntm_rs published_at\n", EgressRules.PublishText([]));
        var (one, other) = (IPAddress.Parse("203.0.113.5"), IPAddress.Parse("100.72.0.5"));
        Assert.Equal(
            """
            flush map ip ntm_rs published
            flush set ip ntm_rs published_at
            add element ip ntm_rs published { 203.0.113.5 . tcp . 80 : 100.72.0.5, 203.0.113.5 . udp . 5000-5010 : 100.72.0.5 }
            add element ip ntm_rs published_at { 100.72.0.5 . tcp . 80, 100.72.0.5 . udp . 5000-5010 }

            """,
            EgressRules.PublishText([new(one, 6, 80, 80, other), new(one, 17, 5000, 5010, other)]));
    }

    [Fact]
    public void Answers_of_published_ports_are_queued_behind_connection_tracking_and_nothing_else_is()
    {
        var options = Options with { LanInterfaces = ["lan0"], Answering = [new AnsweringPorts(new MacAddress(0x0200_0000_0001), 6, 22, 22)], LanNetworks = [IPNetwork.Parse("192.168.8.0/24")] };
        Assert.Contains(
            """
            	chain internet_flows {
            		type filter hook prerouting priority -155; policy accept;
            		iifname { "lan0" } ether saddr 02:00:00:00:00:01 ip daddr != { 192.168.8.0/24, 198.18.0.0/15, 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3 } tcp sport 22-22 ct state != { established, related } meta mark set meta mark or 0x00800000
            	}
            """,
            RuleText.Nft(options, withQueue: false, withZones: false),
            StringComparison.Ordinal);
        Assert.Equal(
            "*mangle\n:NTM_INTERNET - [0:0]\n-A NTM_INTERNET -i lan0 -m mark --mark 0x00800000/0x00800000 -j NFQUEUE --queue-num 4350 --queue-bypass\nCOMMIT\n",
            InternetRuleText.Mangle(options, withJump: false));
        Assert.True(InternetRuleText.HasFlows(options));
        Assert.False(InternetRuleText.HasFlows(Options));
    }

    private static RuleSetOptions WithRules => Options with
    {
        Internet =
        [
            new InternetRule(new MacAddress(0x0200_0000_0001), IPNetwork.Parse("203.0.113.0/24"), InternetFate.Direct),
            new InternetRule(new MacAddress(0x0200_0000_0001), null, InternetFate.Queue),
            new InternetRule(null, null, InternetFate.QueueNew),
        ],
        LanAddresses = [IPAddress.Parse("192.168.8.1")],
        LanNetworks = [IPNetwork.Parse("192.168.8.0/24")],
    };
}
