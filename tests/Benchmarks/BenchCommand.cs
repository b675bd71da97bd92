using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>The ntm-bench executable. Exit code 0: measured; 1: it could not be; 2: the command line is wrong.</summary>
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

        return await MeasureAsync(options).ConfigureAwait(false);
    }

    private static async Task<int> MeasureAsync(BenchOptions options)
    {
        LabHost.EnsureIsolated();
        var figures = new Figures();
        try
        {
            foreach (var part in options.Parts)
            {
                await part.RunAsync(options, figures).ConfigureAwait(false);
            }

            if (options.JsonFile is { } file)
            {
                figures.Write(file);
            }

            return 0;
        }
        catch (Exception e) when (e is LabException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"Not measured: {e.Message}");
            return 1;
        }
    }
}
