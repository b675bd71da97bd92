namespace NTMobile.Lab;

/// <summary>A global address behind a stateful filter (SPI): only the inside starts.</summary>
internal sealed class FirewallPreset : Preset
{
    public override string Kind => "firewall";

    public override string Description => "global address, stateful filter: inside starts only";

    public override bool IsPublic => true;

    internal override string Rules(PlacePlan place) => """
        table ip lab {
          chain forward { type filter hook forward priority filter; policy drop;
            iifname "in0" accept
            ct state established,related accept
          }
        }
        """;
}
