namespace NTMobile.Lab;

/// <summary>
/// A NAT with address- and port-dependent mapping and random ports: `fully-random` makes the kernel choose anew for every
/// connection, so no port can be foretold from another one.
/// </summary>
internal sealed class SymmetricPreset : Preset
{
    public override string Kind => "symmetric";

    public override string Description => "NAT, endpoint-dependent mapping, random ports";

    public override bool IsPublic => false;

    internal override string Rules(PlacePlan place) => $$"""
        table ip lab {
          chain out { type nat hook postrouting priority srcnat;
            oifname "wan" meta l4proto { tcp, udp } masquerade to :1024-65535 fully-random
            oifname "wan" masquerade
          }
          {{NatFilter.Chains(place.WanAddress)}}
        }
        """;
}
