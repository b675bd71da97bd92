using System.Diagnostics;
using System.Globalization;
using NTMobile.Lab;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>Parts that ntm-microbench measures in memory, without a laboratory: compiled as ntm-router is.</summary>
internal static class MicroPart
{
    private const string FigureMark = "= ";

    /// <summary>Runs a part of it, shows what it prints, and takes its figures over.</summary>
    public static async Task RunAsync(Bench bench, string part)
    {
        Console.WriteLine($"{part}:");
        var spec = ProcessSpec.DotNet(Binaries.Microbench, part);
        using var process = Process.Start(new ProcessStartInfo(spec.Command, spec.Arguments) { RedirectStandardOutput = true })!;
        while (await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith(FigureMark, StringComparison.Ordinal))
            {
                Take(bench, line[FigureMark.Length..].Split(' '));
            }
            else
            {
                Console.WriteLine($"  {line}");
            }
        }

        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new LabException($"ntm-microbench {part} ended with {process.ExitCode}");
        }

        bench.Figures.About($"{part}.program", spec.Command == "dotnet" ? "just-in-time" : "native");
    }

    // "key number" or "key min median max"
    private static void Take(Bench bench, string[] words)
    {
        double[] numbers = [.. words[1..].Select(w => double.Parse(w, CultureInfo.InvariantCulture))];
        if (numbers is [var min, var median, var max])
        {
            bench.Figures.Add(words[0], new Spread(min, median, max));
        }
        else
        {
            bench.Figures.Add(words[0], numbers[0]);
        }
    }
}
