namespace NTMobile.Lab;

/// <summary>
/// A hotel's network: a NAT as at home with a path MTU of 1124, whose guests get nothing but DNS and the page with the form
/// until they have sent the form. A guest is an address: a router that comes again fills the form in again.
/// </summary>
internal sealed class HotelPreset : Preset
{
    private const string Starts = $$"""
        iifname "in0" oifname "wan" ip saddr @{{CaptivePortal.Guests}} accept
            iifname "in0" oifname "wan" meta l4proto { tcp, udp } th dport 53 accept
        """;

    public override string Kind => "hotel";

    public override string Description => "NAT as at home behind a captive portal, MTU 1124";

    public override bool IsPublic => false;

    internal override int Mtu => 1124;

    internal override bool CanHaveIPv6 => false;

    internal override string Forget => EndpointIndependentNat.Forget;

    internal override string Rules(PlacePlan place) => $$"""
        table ip lab {
          set {{CaptivePortal.Guests}} { type ipv4_addr; }
          chain portal { type nat hook prerouting priority dstnat;
            iifname "in0" ip saddr != @{{CaptivePortal.Guests}} tcp dport 80 redirect to :{{CaptivePortal.Port}}
          }
        }
        {{EndpointIndependentNat.Rules(place, starts: Starts)}}
        """;

    internal override Task StartAsync(Place place) => CaptivePortal.StartAsync(place);
}
