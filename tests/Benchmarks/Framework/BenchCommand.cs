using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>The ntm-bench executable. Exit code 0: measured; 1: something could not be; 2: the command line is wrong.</summary>
internal static class BenchCommand
{
    public static async Task<int> RunAsync(string[] words)
    {
        if (words is ["--help"] or ["-h"])
        {
            Console.WriteLine(BenchOptions.Usage);
            return 0;
        }

        BenchOptions options;
        try
        {
            options = BenchOptions.Parse(words);
        }
        catch (LabException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }

        return await RunAsync(options).ConfigureAwait(false) ? 0 : 1;
    }

    private static async Task<bool> RunAsync(BenchOptions options)
    {
        try
        {
            if (options.FromFile is { } earlier)
            {
                Write(Figures.Read(earlier), options);
                return true;
            }

            LabHost.EnsureIsolated();
            await using var bench = new Bench(options);
            var good = await bench.RunAsync().ConfigureAwait(false);
            Write(bench.Figures, options);
            return good;
        }
        catch (Exception e) when (e is LabException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return false;
        }
    }

    private static void Write(Figures figures, BenchOptions options)
    {
        if (options.JsonFile is { } json)
        {
            figures.Write(json);
        }

        if (options.ChartFile is { } chart)
        {
            Chart.Write(figures, chart);
        }
    }
}
