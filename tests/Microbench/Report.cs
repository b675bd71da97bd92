using System.Globalization;

namespace NTMobile.Microbench;

/// <summary>What goes to standard output.</summary>
internal static class Report
{
    /// <summary>A figure for the bench's file.</summary>
    public static void Figure(string key, double number) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"= {key} {number:0.####}"));

    /// <summary>The same of several runs, in ascending order.</summary>
    public static void Figure(string key, double[] runs) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"= {key} {runs[0]:0.####} {runs[runs.Length / 2]:0.####} {runs[^1]:0.####}"));

    /// <summary>A line for people.</summary>
    public static void Say(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
