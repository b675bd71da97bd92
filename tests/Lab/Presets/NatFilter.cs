using System.Net;

namespace NTMobile.Lab;

/// <summary>
/// What the NATs let pass: what the inside starts and the answers to it, no hairpin. A refused packet leaves no trace in
/// connection tracking and gets no answer.
/// </summary>
internal static class NatFilter
{
    /// <summary>The rule by which everything inside may start.</summary>
    public const string InsideStarts = """iifname "in0" oifname "wan" accept""";

    /// <summary>The filter of places with IPv6: the inside starts, or what <paramref name="starts"/> accepts.</summary>
    public static string Stateful6(string starts = """iifname "in0" accept""") => $$"""
        table ip6 lab {
          chain forward { type filter hook forward priority filter; policy drop;
            {{starts}}
            ct state established,related accept
          }
        }
        """;

    /// <param name="wanAddress">The NAT's own address outside.</param>
    /// <param name="starts">Rules that accept what may start.</param>
    public static string Chains(IPAddress wanAddress, string starts = InsideStarts) => $$"""
        chain forward { type filter hook forward priority filter; policy drop;
            {{starts}}
            ct state established,related accept
            ct status dnat accept
          }
          chain input { type filter hook input priority filter; policy drop;
            iifname "in0" ip daddr {{wanAddress}} drop
            iifname != "wan" accept
            meta l4proto icmp icmp type echo-request accept
            ct state established,related accept
          }
        """;
}
