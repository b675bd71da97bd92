namespace NTMobile.Lab;

/// <summary>A company's network: only TCP to port 443 leaves it. UDP and ICMP, and so DNS to the outside, are dropped without a word.</summary>
internal sealed class CorporatePreset : Preset
{
    public override string Kind => "corporate";

    public override string Description => "NAT, only TCP to port 443 leaves";

    public override bool IsPublic => false;

    internal override string Rules6 => NatFilter.Stateful6("""iifname "in0" tcp dport 443 accept""");

    internal override string Rules(PlacePlan place) => $$"""
        table ip lab {
          chain out { type nat hook postrouting priority srcnat;
            oifname "wan" meta l4proto tcp masquerade to :1024-65535 fully-random
            oifname "wan" masquerade
          }
          {{NatFilter.Chains(place.WanAddress, """iifname "in0" oifname "wan" tcp dport 443 accept""")}}
        }
        """;
}
