namespace NTMobile.Lab;

/// <summary>A public address and nothing in front: the provider's router only forwards.</summary>
internal sealed class CloudPreset : Preset
{
    public override string Kind => "cloud";

    public override string Description => "public address, nothing in front";

    public override bool IsPublic => true;

    internal override string Rules(PlacePlan place) => "";

    internal override string Rules6 => "";
}
