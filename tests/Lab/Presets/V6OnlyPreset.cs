namespace NTMobile.Lab;

/// <summary>
/// A network with IPv6 alone, as mobile carriers have it: a global address behind a stateful filter, NAT64 (tayga, and behind it
/// the kernel with a NAT as at home) for the IPv4 Internet, and DNS64 (unbound) where the world has a name server.
/// </summary>
internal sealed class V6OnlyPreset : Preset
{
    public override string Kind => "v6only";

    public override string Description => "IPv6 with NAT64 and DNS64, stateful filter";

    public override bool IsPublic => false;

    internal override bool OffersIPv4 => false;

    internal override string Forget => EndpointIndependentNat.Forget;

    internal override IReadOnlyList<string> Links(PlacePlan place) => Nat64.Links(place.Nat64Prefix!.Value);

    internal override string Rules(PlacePlan place) =>
        EndpointIndependentNat.Rules(place, starts: $"""iifname "{Nat64.Interface}" oifname "wan" accept""");

    internal override Task StartAsync(Place place) => Task.WhenAll(Nat64.StartAsync(place), Dns64.StartAsync(place));
}
