using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>The rows of a part: those that were asked for are run, and one that fails leaves the others.</summary>
internal sealed class RowSet(Bench bench, TwoRouters routers)
{
    private readonly List<string> _failed = [];

    /// <summary>Measures a row if it is wanted.</summary>
    /// <param name="row">The row.</param>
    /// <param name="conclude">What is said of the result; the ratios of <see cref="RowResult.AddRatios"/> when null.</param>
    public async Task RunAsync(Row row, Action<RowResult>? conclude = null)
    {
        if (!bench.Options.Wants(row.Key))
        {
            return;
        }

        try
        {
            var result = await row.MeasureAsync(bench, routers).ConfigureAwait(false);
            (conclude ?? (r => r.AddRatios(bench.Figures, row.Key)))(result);
        }
        catch (LabException e)
        {
            Console.Error.WriteLine($"{row.Key}: not measured: {e.Message}");
            _failed.Add(row.Key);
        }
    }

    /// <summary>Ends the part as failed when a row was.</summary>
    public void ThrowIfFailed()
    {
        if (_failed.Count > 0)
        {
            throw new LabException($"{string.Join(", ", _failed)} could not be measured");
        }
    }
}
