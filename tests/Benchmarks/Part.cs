namespace NTMobile.Benchmarks;

/// <summary>A part of the measurements that can be run by itself.</summary>
/// <param name="Name">The word after --only, and the first word of its figures' keys.</param>
/// <param name="What">One line for the list of parts.</param>
/// <param name="RunAsync">Measures, prints for people, and adds its figures; throws <see cref="Lab.LabException"/> when nothing was measured.</param>
internal sealed record Part(string Name, string What, Func<BenchOptions, Figures, Task> RunAsync)
{
    /// <summary>All parts, in the order in which they run.</summary>
    public static IReadOnlyList<Part> All { get; } =
    [
        new("throughput", "one TCP flow through two routers and the tunnel, beside plain kernel forwarding", ThroughputPart.RunAsync),
    ];
}
