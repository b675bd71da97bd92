namespace NTMobile.Lab.Product;

/// <summary>
/// The presets of the grid, and what each pair of them allows: IPv6 wherever both ends have it, else what IPv4 makes possible. Towards IPv4 `v6only` is as `home`: so its NAT64 maps and filters. Of each preset there are two sites, `home-a`, where pairs begin, and `home-b`, where they end.
/// </summary>
public static class GridPlan
{
    /// <summary>The presets.</summary>
    public static IReadOnlyList<Preset> Kinds { get; } = Presets.All;

    /// <summary>All ordered pairs.</summary>
    public static IReadOnlyList<(Preset From, Preset To)> All { get; } = [.. from a in Kinds from b in Kinds select (a, b)];

    /// <summary>
    /// One pair for each pair of classes (open, minding the port, random ports, ports in order, UDP blocked), each preset at least once, and the
    /// routers that share a place.
    /// </summary>
    public static IReadOnlyList<(Preset From, Preset To)> Quick { get; } =
    [
        (Presets.Cloud, Presets.FullCone), (Presets.Cloud, Presets.Firewall), (Presets.Symmetric, Presets.FullCone), (Presets.Cloud, Presets.Sequential),
        (Presets.Home, Presets.Home), (Presets.Carrier, Presets.SameCarrier), (Presets.Hotel, Presets.Home), (Presets.Symmetric, Presets.Home),
        (Presets.Home, Presets.Sequential), (Presets.Sequential, Presets.Sequential),
        (Presets.Symmetric, Presets.Symmetric), (Presets.Symmetric, Presets.Sequential), (Presets.Corporate, Presets.FullCone), (Presets.Corporate, Presets.Home),
        (Presets.Corporate, Presets.Symmetric), (Presets.Corporate, Presets.Sequential), (Presets.Corporate, Presets.Corporate),
        (Presets.SameLan, Presets.SameLan), (Presets.SameCarrier, Presets.SameCarrier), (Presets.V6Only, Presets.Home), (Presets.V6Only, Presets.V6Only),
        (Presets.Symmetric6, Presets.Symmetric6), (Presets.Carrier6, Presets.V6Only), (Presets.Home6, Presets.Home), (Presets.Corporate6, Presets.Symmetric6),
    ];

    /// <summary>The site where the pairs of a preset begin.</summary>
    public static string From(Preset preset) => $"{preset}-a";

    /// <summary>The site where the pairs of a preset end.</summary>
    public static string To(Preset preset) => $"{preset}-b";

    /// <summary>What a pair allows.</summary>
    public static GridPath Expected(Preset a, Preset b)
    {
        // No UDP, or two subscribers who are kept apart.
        if (Is(a, Presets.Corporate) || Is(b, Presets.Corporate) || (Is(a, Presets.SameCarrier) && Is(b, Presets.SameCarrier)))
        {
            return GridPath.Relayed;
        }

        if (a.OffersIPv6 && b.OffersIPv6)
        {
            return GridPath.DirectByIPv6;
        }

        // Each remote endpoint sees another port of both ends, and at one end nobody can foretell it.
        if ((Is(a, Presets.Symmetric) && ChangesPorts(b)) || (Is(b, Presets.Symmetric) && ChangesPorts(a)))
        {
            return GridPath.Relayed;
        }

        return (ChangesPorts(a) && MindsPorts(b)) || (ChangesPorts(b) && MindsPorts(a)) ? GridPath.Hard : GridPath.Direct;
    }

    private static bool Is(Preset preset, Preset kind) => preset.Kind == kind.Kind;

    private static bool ChangesPorts(Preset preset) => Is(preset, Presets.Symmetric) || Is(preset, Presets.Sequential);

    private static bool MindsPorts(Preset preset) => !Is(preset, Presets.Cloud) && !Is(preset, Presets.FullCone);
}
