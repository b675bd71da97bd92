namespace NTMobile.Lab;

/// <summary>
/// A carrier's NAT: endpoint-independent mapping, address- and port-dependent filtering, no hairpin, UDP forgotten after 30 s.
/// Subscribers have addresses of RFC 6598 and cannot reach one another.
/// </summary>
internal class CarrierNatPreset : Preset
{
    public override string Kind => "isp";

    public override string Description => "carrier NAT, subscribers kept apart, short UDP timeout";

    public override bool IsPublic => false;

    internal override TimeSpan UdpLifetime => TimeSpan.FromSeconds(30);

    internal override string Forget => EndpointIndependentNat.Forget;

    internal override AddressPool Cables(WorldAddresses addresses) => addresses.CarrierPlaces;

    // What the bridge itself sends and gets is not forwarded.
    internal override string Rules(PlacePlan place) => EndpointIndependentNat.Rules(place) + """
        table bridge lab {
          chain forward { type filter hook forward priority 0; policy drop; }
        }
        """;
}
