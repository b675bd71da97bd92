namespace NTMobile.Benchmarks;

/// <summary>The runs of one row.</summary>
internal sealed class RowResult(TwoRouters routers)
{
    private readonly Dictionary<Way, List<double[]>> _runs = [];

    /// <summary>The ways that were measured, in the world's order.</summary>
    public IEnumerable<Way> Ways => routers.Ways.Where(_runs.ContainsKey);

    /// <summary>The rivals among them.</summary>
    public IEnumerable<Way> Rivals => Ways.Where(w => w.Kind == WayKind.Rival);

    /// <summary>Adds a run.</summary>
    public void Add(Way way, double[] numbers)
    {
        if (!_runs.TryGetValue(way, out var runs))
        {
            _runs[way] = runs = [];
        }

        runs.Add(numbers);
    }

    /// <summary>Forgets a way's runs.</summary>
    public void Remove(Way way) => _runs.Remove(way);

    /// <summary>How often a way was measured.</summary>
    public int Runs(Way way) => _runs[way].Count;

    /// <summary>One number of all runs of a way.</summary>
    public Spread Spread(Way way, int measure) => Benchmarks.Spread.Of(_runs[way].Select(n => n[measure]));

    /// <summary>The median of one number.</summary>
    public double Median(Way way, int measure = 0) => Spread(way, measure).Median;

    /// <summary>The highest median of the first number among rivals; 0 when there is none.</summary>
    public double BestRival(IEnumerable<Way> among) => among.Where(w => w.Kind == WayKind.Rival).Select(w => Median(w)).DefaultIfEmpty(0).Max();

    /// <summary>Adds the ratios of the product's median to those of the others, where more is better, and prints them.</summary>
    public void AddRatios(Figures figures, string key)
    {
        var product = Median(routers.Ntm);
        var modern = Rivals.Where(w => RivalCatalog.ModernWireGuard.Contains(w.Key)).ToArray();
        Add("vs_kernel_forward", Median(routers.Kernel));
        Add("vs_wireguard_go", BestRival(modern));
        Add("vs_best_rival", BestRival(Rivals));
        Console.WriteLine();

        void Add(string name, double other)
        {
            if (other > 0)
            {
                figures.Add($"{key}.{name}", product / other);
                Console.WriteLine(FormattableString.Invariant($"  {name,-20}{product / other:F2}"));
            }
        }
    }
}
