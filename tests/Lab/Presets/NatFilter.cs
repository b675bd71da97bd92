using System.Net;

namespace NTMobile.Lab;

/// <summary>
/// What the NATs let pass: their own connections, no hairpin. A refused packet leaves no trace in connection tracking and gets
/// no answer.
/// </summary>
internal static class NatFilter
{
    public static string Chains(IPAddress wanAddress) => $$"""
        chain forward { type filter hook forward priority filter; policy drop;
            iifname "in0" accept
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
