using System.Globalization;
using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>What the command line says.</summary>
/// <param name="Only">Parts (`throughput`) and rows of parts (`throughput.tcp1`); empty: all.</param>
/// <param name="JsonFile">Where the figures are written too; null: nowhere.</param>
/// <param name="ChartFile">Where the chart of the throughput is written; null: nowhere.</param>
/// <param name="FromFile">Figures of an earlier run, which are drawn, and nothing is measured; null: there are none.</param>
/// <param name="Runs">Runs per way; at least 3, since a median of fewer says nothing.</param>
/// <param name="Seconds">Length of a run in s.</param>
internal sealed record BenchOptions(IReadOnlyList<string> Only, string? JsonFile, string? ChartFile, string? FromFile, int Runs, int Seconds)
{
    private const int LeastRuns = 3;

    public static string Usage { get; } =
        $"""
        usage: bench.sh [--only PART[,PART…]] [--json FILE] [--chart FILE] [--runs N] [--seconds N]
        --only      parts, or rows of parts as PART.ROW; without it all. The parts:
        {string.Join('\n', Part.All.Select(p => $"              {p.Name,-12}{p.What}"))}
        --json      writes the figures to FILE too
        --chart     draws the throughput into FILE, an SVG
        --from      draws the figures of FILE, which --json has written before, and measures nothing
        --runs      runs per way, {LeastRuns} or more; 5
        --seconds   length of a run; 5
        NTM_RIVAL_WIREGUARD_GO=FILE, NTM_RIVAL_NEBULA=FILE with NTM_RIVAL_NEBULA_CERT=FILE are compared too
        """;

    /// <summary>What is measured, in the order in which it runs.</summary>
    public IEnumerable<Part> Parts => Part.All.Where(p => Only.Count == 0 || Only.Any(o => o.Split('.')[0] == p.Name));

    /// <summary>Whether a row of a part, named as `throughput.tcp1`, is to be measured.</summary>
    public bool Wants(string row) => Only.Count == 0 || Only.Any(o => row == o || row.StartsWith(o + '.', StringComparison.Ordinal));

    /// <summary>Reads the words; throws <see cref="LabException"/> with a sentence for what cannot be read.</summary>
    public static BenchOptions Parse(string[] words)
    {
        var options = new BenchOptions([], null, null, null, 5, 5);
        for (var i = 0; i < words.Length; i += 2)
        {
            options = words[i] switch
            {
                "--only" => options with { Only = [.. Value(i).Split(',').Select(Checked)] },
                "--json" => options with { JsonFile = Path.GetFullPath(Value(i)) },
                "--chart" => options with { ChartFile = Path.GetFullPath(Value(i)) },
                "--from" => options with { FromFile = Path.GetFullPath(Value(i)) },
                "--runs" => options with { Runs = Number(i, LeastRuns, 100) },
                "--seconds" => options with { Seconds = Number(i, 1, 600) },
                _ => throw new LabException($"{words[i]}: there is no such option\n{Usage}"),
            };
        }

        return options;

        string Value(int at) => at + 1 < words.Length ? words[at + 1] : throw new LabException($"{words[at]}: its value is missing\n{Usage}");

        int Number(int at, int least, int most) =>
            int.TryParse(Value(at), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                ? number
                : throw new LabException($"{words[at]} {words[at + 1]}: expected a number from {least} to {most}");
    }

    private static string Checked(string name) => Part.All.Any(p => p.Name == name.Split('.')[0])
        ? name
        : throw new LabException($"--only {name}: there is no such part; there are: {string.Join(", ", Part.All.Select(p => p.Name))}");
}
