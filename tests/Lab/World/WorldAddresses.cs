namespace NTMobile.Lab;

/// <summary>Where a world's addresses come from. 198.18.0.0/15 is left alone: it is the product's.</summary>
internal sealed class WorldAddresses
{
    /// <summary>Core to place.</summary>
    public AddressPool Transit { get; } = new("203.0.113.0/24", 30);

    /// <summary>
    /// The same for places whose gateway opens ports: miniupnpd refuses to do so at an address of the documentation's ranges, as at a private
    /// one. Nothing of it leaves the laboratory.
    /// </summary>
    public AddressPool MappingTransit { get; } = new("11.64.0.0/24", 30);

    /// <summary>Cable side of places that give public addresses; up to five routers each.</summary>
    public AddressPool PublicPlaces { get; } = new("198.51.100.0/24", 29);

    /// <summary>Core to server; up to five addresses each.</summary>
    public AddressPool Servers { get; } = new("192.0.2.0/24", 29);

    /// <summary>Cable side of NATs.</summary>
    public AddressPool PrivatePlaces { get; } = new("10.64.0.0/16", 24);

    /// <summary>The same for IPv6 (RFC 3849): core to place, cable side of places, core to server.</summary>
    public AddressPool Transit6 { get; } = new("2001:db8:1::/48", 64);

    /// <inheritdoc cref="Transit6"/>
    public AddressPool Places6 { get; } = new("2001:db8:2::/48", 64);

    /// <inheritdoc cref="Transit6"/>
    public AddressPool Servers6 { get; } = new("2001:db8:3::/48", 64);

    /// <summary>Where NAT64s embed IPv4 addresses.</summary>
    public AddressPool Nat64 { get; } = new("2001:db8:64::/80", 96);

    /// <summary>Cable side of carrier NATs (RFC 6598).</summary>
    public AddressPool CarrierPlaces { get; } = new("100.64.0.0/16", 24);
}
