using System.Text.RegularExpressions;

namespace NTMobile.Lab.Tests.Product;

/// <summary>Fifty echoes a second beside what a test does, to see for how long none came back.</summary>
internal sealed partial class EchoRow : IAsyncDisposable
{
    private const int EveryMs = 20;
    private const int Interrupt = 2;
    private readonly LabProcess _ping;

    private EchoRow(LabProcess ping) => _ping = ping;

    /// <summary>Begins; ends by itself after a minute.</summary>
    public static EchoRow Start(Host device, string name) => new(device.Start("ping", "-n", FormattableString.Invariant($"-i{EveryMs / 1000.0}"), "-w60", name));

    /// <summary>Ends, and tells for how many ms at most echoes in a row had no answer.</summary>
    public async Task<int> EndAsync()
    {
        _ping.Signal(Interrupt);
        await _ping.WaitForExitAsync();
        int[] answers = [0, .. _ping.Lines.Select(l => Sequence().Match(l)).Where(m => m.Success).Select(m => int.Parse(m.Groups[1].Value, null))];
        return answers.Zip(answers.Skip(1)).Max(pair => pair.Second - pair.First - 1) * EveryMs;
    }

    public ValueTask DisposeAsync() => _ping.DisposeAsync();

    [GeneratedRegex(@"icmp_seq=(\d+) ttl")]
    private static partial Regex Sequence();
}
