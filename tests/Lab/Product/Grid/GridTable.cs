using System.Globalization;
using System.Text;

namespace NTMobile.Lab.Product;

/// <summary>Pairs as a table in Markdown: from the row to the column, how (4 and 6: by which IP version outside), and after how many milliseconds the first byte came.</summary>
public static class GridTable
{
    /// <summary>The table; a pair that was not walked is empty.</summary>
    public static string Draw(IReadOnlyList<GridPair> pairs)
    {
        var known = pairs.ToDictionary(p => (p.From, p.To));
        var text = new StringBuilder();
        Line(text, GridPlan.Kinds.Select(k => k.Name).Prepend("from \\ to"));
        Line(text, GridPlan.Kinds.Select(_ => "---").Prepend("---"));
        foreach (var from in GridPlan.Kinds)
        {
            Line(text, GridPlan.Kinds.Select(to => known.TryGetValue((from, to), out var pair) ? Cell(pair) : "").Prepend(from.Name));
        }

        return text.ToString();
    }

    private static string Cell(GridPair pair)
    {
        var way = !pair.IsConnected ? "none" : !pair.IsDirect ? "relay" : pair.IsByIPv6 ? "direct6" : pair.Expected == GridPath.Hard ? "hard4" : "direct4";
        return string.Create(CultureInfo.InvariantCulture, $"{way} {pair.SetupMs:F0}");
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
