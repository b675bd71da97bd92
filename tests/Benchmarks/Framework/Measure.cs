namespace NTMobile.Benchmarks;

/// <summary>One number of a run.</summary>
/// <param name="Suffix">Ends the keys of its figures: `gbps` in `throughput.tcp1.ntm_gbps`.</param>
/// <param name="Unit">For people.</param>
internal sealed record Measure(string Suffix, string Unit);
