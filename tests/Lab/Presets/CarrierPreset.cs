namespace NTMobile.Lab;

/// <summary>A home router's NAT that is itself a subscriber of a carrier NAT: two layers.</summary>
internal sealed class CarrierPreset : HomePreset
{
    public override string Kind => "carrier";

    public override string Description => "NAT as at home behind a carrier NAT";

    internal override Preset Behind { get; } = new CarrierNatPreset();
}
