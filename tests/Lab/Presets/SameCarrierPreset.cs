namespace NTMobile.Lab;

/// <summary>Routers that are subscribers of one carrier NAT: one public address, and no way to one another but through a third party.</summary>
internal sealed class SameCarrierPreset : CarrierNatPreset
{
    public override string Kind => "samecarrier";

    public override string Description => "one carrier NAT for all its routers, hairpin off, subscribers kept apart";

    public override bool IsShared => true;
}
