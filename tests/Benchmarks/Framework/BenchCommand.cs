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

        return await MeasureAsync(options).ConfigureAwait(false) ? 0 : 1;
    }

    private static async Task<bool> MeasureAsync(BenchOptions options)
    {
        LabHost.EnsureIsolated();
        await using var bench = new Bench(options);
        var good = await bench.RunAsync().ConfigureAwait(false);
        try
        {
            if (options.JsonFile is { } file)
            {
                bench.Figures.Write(file);
            }

            return good;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"The figures could not be written: {e.Message}");
            return false;
        }
    }
}
