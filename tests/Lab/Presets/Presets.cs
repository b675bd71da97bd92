namespace NTMobile.Lab;

/// <summary>All presets.</summary>
public static class Presets
{
    /// <inheritdoc cref="CloudPreset"/>
    public static Preset Cloud { get; } = new CloudPreset();

    /// <inheritdoc cref="HomePreset"/>
    public static Preset Home { get; } = new HomePreset();

    /// <inheritdoc cref="SymmetricPreset"/>
    public static Preset Symmetric { get; } = new SymmetricPreset();

    /// <inheritdoc cref="FirewallPreset"/>
    public static Preset Firewall { get; } = new FirewallPreset();

    /// <summary>In the order of lab.md.</summary>
    public static IReadOnlyList<Preset> All { get; } = [Cloud, Home, Symmetric, Firewall];

    /// <summary>By the name of lab.md; throws <see cref="LabException"/> for another one.</summary>
    public static Preset Named(string name) => All.FirstOrDefault(p => p.Name == name)
        ?? throw new LabException($"no preset {name}; there are {string.Join(", ", All)}");
}
