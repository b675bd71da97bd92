namespace NTMobile.Lab;

/// <summary>A home router's NAT: endpoint-independent mapping, address- and port-dependent filtering, no hairpin.</summary>
internal class HomePreset : Preset
{
    public override string Kind => "home";

    public override string Description => "NAT, endpoint-independent mapping, port-restricted filtering";

    public override bool IsPublic => false;

    internal override string Forget => EndpointIndependentNat.Forget;

    internal override string Rules(PlacePlan place) => EndpointIndependentNat.Rules(place);
}
