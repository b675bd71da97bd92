using System.Diagnostics;

namespace NTMobile.Microbench.Cpu;

/// <summary>Equal steps whose time is wanted.</summary>
/// <param name="Prepare">Done before each batch, not timed.</param>
/// <param name="Run">Does all steps of a batch.</param>
internal sealed record Stage(Action Prepare, Action Run);

/// <summary>
/// The time of batches of equal steps. Stages that are compared take turns, so that what else the machine does meets all of them; the median
/// of a stage's batches is its figure.
/// </summary>
internal static class Lap
{
    /// <summary>Steps of a batch: enough that the clock's own time is little, few enough that all stages' packets fit the second-level cache.</summary>
    public const int Batch = 64;

    private const int WarmUp = 500;
    private const int Laps = 5000;

    /// <summary>Nanoseconds per step, for each stage.</summary>
    public static double[] Measure(params Stage[] stages) => Measure(Batch, Laps, stages);

    /// <inheritdoc cref="Measure(Stage[])"/>
    /// <param name="steps">How many a batch has.</param>
    /// <param name="laps">How often each stage has its turn.</param>
    /// <param name="stages">What is compared.</param>
    public static double[] Measure(int steps, int laps, params Stage[] stages)
    {
        long[][] times = [.. stages.Select(_ => new long[laps])];
        for (var lap = -Math.Min(WarmUp, laps); lap < laps; lap++)
        {
            for (var i = 0; i < stages.Length; i++)
            {
                stages[i].Prepare();
                var begin = Stopwatch.GetTimestamp();
                stages[i].Run();
                times[i][Math.Max(lap, 0)] = Stopwatch.GetTimestamp() - begin;
            }
        }

        Array.ForEach(times, Array.Sort);
        return [.. times.Select(t => t[laps / 2] * (1e9 / Stopwatch.Frequency) / steps)];
    }
}
