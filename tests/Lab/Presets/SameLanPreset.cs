namespace NTMobile.Lab;

/// <summary>Routers side by side behind one home NAT: they see each other at the cable, and not through the NAT's public address.</summary>
internal sealed class SameLanPreset : HomePreset
{
    public override string Kind => "samelan";

    public override string Description => "one NAT as at home for all its routers, hairpin off";

    public override bool IsShared => true;
}
