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

    /// <summary>NATs as at home, one behind another; none of lab.md's.</summary>
    public static Preset Chain(int nats) => new ChainPreset(nats);

    /// <summary>In the order of lab.md.</summary>
    public static IReadOnlyList<Preset> All { get; } =
        [Cloud, Home, FullCone, Symmetric, Sequential, SameCarrier, Carrier, Firewall, Corporate, Hotel, V6Only, SameLan];

    /// <summary>By the name of lab.md; throws <see cref="LabException"/> for another one.</summary>
    public static Preset Named(string name) => All.FirstOrDefault(p => p.Name == name)
        ?? throw new LabException($"no preset {name}; there are {string.Join(", ", All)}");
}
