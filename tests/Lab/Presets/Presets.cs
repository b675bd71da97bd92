namespace NTMobile.Lab;

/// <summary>All presets.</summary>
public static class Presets
{
    /// <inheritdoc cref="CloudPreset"/>
    public static Preset Cloud { get; } = new CloudPreset();

    /// <inheritdoc cref="HomePreset"/>
    public static Preset Home { get; } = new HomePreset();

    /// <inheritdoc cref="FullConePreset"/>
    public static Preset FullCone { get; } = new FullConePreset();

    /// <inheritdoc cref="SymmetricPreset"/>
    public static Preset Symmetric { get; } = new SymmetricPreset();

    /// <inheritdoc cref="SequentialPreset"/>
    public static Preset Sequential { get; } = new SequentialPreset();

    /// <inheritdoc cref="SameCarrierPreset"/>
    public static Preset SameCarrier { get; } = new SameCarrierPreset();

    /// <inheritdoc cref="CarrierPreset"/>
    public static Preset Carrier { get; } = new CarrierPreset();

    /// <inheritdoc cref="FirewallPreset"/>
    public static Preset Firewall { get; } = new FirewallPreset();

    /// <inheritdoc cref="CorporatePreset"/>
    public static Preset Corporate { get; } = new CorporatePreset();

    /// <inheritdoc cref="HotelPreset"/>
    public static Preset Hotel { get; } = new HotelPreset();

    /// <inheritdoc cref="V6OnlyPreset"/>
    public static Preset V6Only { get; } = new V6OnlyPreset();

    /// <inheritdoc cref="SameLanPreset"/>
    public static Preset SameLan { get; } = new SameLanPreset();

    /// <summary>As <see cref="Home"/>, with IPv6.</summary>
    public static Preset Home6 { get; } = Home.WithIPv6();

    /// <summary>As <see cref="Symmetric"/>, with IPv6.</summary>
    public static Preset Symmetric6 { get; } = Symmetric.WithIPv6();

    /// <summary>As <see cref="Carrier"/>, with IPv6 through the carrier.</summary>
    public static Preset Carrier6 { get; } = Carrier.WithIPv6();

    /// <summary>As <see cref="Corporate"/>, with IPv6, of which too only TCP to port 443 leaves.</summary>
    public static Preset Corporate6 { get; } = Corporate.WithIPv6();

    /// <summary>NATs as at home, one behind another; none of lab.md's.</summary>
    public static Preset Chain(int nats) => new ChainPreset(nats);

    /// <summary>Those with one IP version outside, in the order of lab.md, and then those with both.</summary>
    public static IReadOnlyList<Preset> All { get; } =
    [
        Cloud, Home, FullCone, Symmetric, Sequential, SameCarrier, Carrier, Firewall, Corporate, Hotel, V6Only, SameLan,
        Home6, Symmetric6, Carrier6, Corporate6,
    ];

    /// <summary>By name; throws <see cref="LabException"/> for another one.</summary>
    public static Preset Named(string name) => All.FirstOrDefault(p => p.Name == name)
        ?? throw new LabException($"no preset {name}; there are {string.Join(", ", All)}");
}
