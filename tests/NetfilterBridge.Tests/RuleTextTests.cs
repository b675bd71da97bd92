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
}
