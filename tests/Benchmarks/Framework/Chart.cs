using System.Globalization;
using System.Net;
using System.Text;

namespace NTMobile.Benchmarks;

/// <summary>
/// The throughput rows as horizontal bars, one group for each row: median, and a line from the least to the most. Each group has a scale
/// of its own, since the figures stand beside the bars. An SVG that is readable on light and dark pages.
/// </summary>
internal static class Chart
{
    private const string Part = "throughput";
    private const string Suffix = "gbps";
    private const int Width = 860;
    private const int LabelWidth = 350;
    private const int BarsWidth = 400;
    private const int BarHeight = 16;
    private const int LineHeight = 22;
    private const int GroupGap = 18;
    private const int Margin = 16;
    private const int BaseLine = 13; // from a bar's top to its letters' feet

    private const string Style = """
        text { font: 13px system-ui, sans-serif; fill: #1f2328 }
        .title { font-size: 16px; font-weight: 600 }
        .group { font-weight: 600 }
        .note { fill: #59636e }
        .Product { fill: #1f6feb }
        .Kernel { fill: #8c959f }
        .Rival { fill: #4fa08b }
        .spread { stroke: #1f2328; stroke-opacity: .55; stroke-width: 1.5 }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 }
          .note { fill: #9198a1 }
          .spread { stroke: #e6edf3 }
        }
        """;

    /// <summary>Writes the file in one step. Throws <see cref="Lab.LabException"/> when no throughput has been measured.</summary>
    public static void Write(Figures figures, string file)
    {
        var rows = figures.Rows(Part).Select(row => (Row: row, Bars: Bars(figures, row))).Where(r => r.Bars.Length > 0).ToArray();
        if (rows.Length == 0)
        {
            throw new Lab.LabException("there is no throughput to draw");
        }

        var fresh = file + ".new";
        File.WriteAllText(fresh, Draw(figures, rows));
        File.Move(fresh, file, overwrite: true);
    }

    // The product, the kernel, and the rivals with the fastest first.
    private static (string Way, Spread Spread)[] Bars(Figures figures, string row) =>
        [.. figures.Spreads($"{Part}.{row}", Suffix).OrderBy(b => Kind(b.Name)).ThenByDescending(b => b.Spread.Median)];

    private static string Draw(Figures figures, (string Row, (string Way, Spread Spread)[] Bars)[] rows)
    {
        var body = new StringBuilder();
        var y = Margin + 4;
        Text("title", Margin, "LAN device to LAN device through two routers, Gb/s of payload");
        y += LineHeight;
        Text("note", Margin, figures.Words("machine") ?? "");
        y += LineHeight + 6;
        foreach (var (row, bars) in rows)
        {
            Text("group", Margin, figures.Words($"rows.{Part}.{row}") ?? row);
            y += LineHeight;
            var most = bars.Max(b => b.Spread.Max);
            foreach (var (way, spread) in bars)
            {
                Text("", Margin + 8, figures.Words($"ways.{way}") ?? way);
                Bar(way, spread, BarsWidth / most);
                y += LineHeight;
            }

            y += GroupGap;
        }

        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {y}" width="{Width}" height="{y}" role="img" aria-label="Throughput by way">
            <style>
            {Style}
            </style>
            {body}</svg>

            """;

        void Text(string kind, double x, string words) =>
            body.Append(CultureInfo.InvariantCulture, $"<text class=\"{kind}\" x=\"{x:F1}\" y=\"{y + BaseLine}\">{WebUtility.HtmlEncode(words)}</text>\n");

        void Bar(string way, Spread spread, double scale)
        {
            var (left, middle) = (Margin + LabelWidth, y + (BarHeight / 2));
            body.Append(CultureInfo.InvariantCulture, $"<rect class=\"{Kind(way)}\" x=\"{left}\" y=\"{y}\" width=\"{spread.Median * scale:F1}\" height=\"{BarHeight}\" rx=\"2\"/>\n");
            body.Append(CultureInfo.InvariantCulture, $"<path class=\"spread\" d=\"M{left + (spread.Min * scale):F1} {middle}H{left + (spread.Max * scale):F1}\"/>\n");
            Text("", left + (spread.Max * scale) + 8, spread.Median.ToString("F2", CultureInfo.InvariantCulture));
        }
    }

    private static WayKind Kind(string way) => way switch
    {
        NtmWay.WayKey => WayKind.Product,
        KernelWay.WayKey => WayKind.Kernel,
        _ => WayKind.Rival,
    };
}
