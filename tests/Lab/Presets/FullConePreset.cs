namespace NTMobile.Lab;

/// <summary>A NAT with endpoint-independent mapping and filtering: whoever knows a mapping's port gets in. No hairpin.</summary>
internal sealed class FullConePreset : Preset
{
    public override string Kind => "fullcone";

    public override string Description => "NAT, endpoint-independent mapping and filtering";

    public override bool IsPublic => false;

    internal override string Forget => EndpointIndependentNat.Forget;

    internal override string Rules(PlacePlan place) => EndpointIndependentNat.Rules(place, filters: false);
}
