namespace NTMobile.Lab;

/// <summary>
/// A NAT with address- and port-dependent mapping whose ports are predictable: each new connection gets the port after the one
/// that was given last, from 20000 on and round again. Left to itself the kernel would keep the inside port where it can.
/// </summary>
internal sealed class SequentialPreset : Preset
{
    private const int FirstPort = 20000;
    private const int Ports = 16384;

    // nft takes a bare `numgen … offset 20000` for a port as well, but forgets to turn its bytes round: the steps would be 256.
    private static readonly string Counter =
        $"numgen inc mod {Ports} map {{ {string.Join(", ", Enumerable.Range(0, Ports).Select(n => $"{n} : {FirstPort + n}"))} }}";

    public override string Kind => "symseq";

    public override string Description => "NAT, endpoint-dependent mapping, sequential ports";

    public override bool IsPublic => false;

    internal override string Rules(PlacePlan place) => $$"""
        table ip lab {
          chain out { type nat hook postrouting priority srcnat;
            oifname "wan" meta l4proto { tcp, udp } snat ip to {{place.WanAddress}} : {{Counter}}
            oifname "wan" masquerade
          }
          {{NatFilter.Chains(place.WanAddress)}}
        }
        """;
}
