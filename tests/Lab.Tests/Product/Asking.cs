using System.Text.RegularExpressions;

namespace NTMobile.Lab.Tests.Product;

/// <summary>What tests ask of devices.</summary>
internal static partial class Asking
{
    /// <summary>The virtual address of a name, as the device's resolver gets it; fails when there is none.</summary>
    public static async Task<string> ResolveAsync(this Host device, string name)
    {
        var answer = (await device.RunAsync("dig", "+short", "+tries=2", "+time=5", name, "A")).Trim();
        Assert.Matches("^198\\.1[89]\\.", answer);
        return answer;
    }

    /// <summary>dig's whole output.</summary>
    public static Task<string> DigAsync(this Host device, string name) => device.RunAsync("dig", "+tries=2", "+time=5", name, "A");

    /// <summary>Waits until a condition holds; fails after the time.</summary>
    public static async Task UntilAsync(string what, TimeSpan limit, Func<Task<bool>> condition)
    {
        var end = TimeProvider.System.GetTimestamp() + (long)(limit.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetTimestamp() < end, $"not within {limit.TotalSeconds} s: {what}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Packets received of those sent, as ping reports them.</summary>
    public static async Task<(int Sent, int Received)> PingAsync(this Host device, string target, int count, double interval = 0.2)
    {
        var result = await device.ExecAsync(
            TimeSpan.FromSeconds(60), "ping", "-n", "-c", $"{count}", "-i", FormattableString.Invariant($"{interval}"), "-W", "3", target);
        var match = Packets().Match(result.Output);
        Assert.True(match.Success, result.Output + result.Errors);
        return (int.Parse(match.Groups[1].Value, null), int.Parse(match.Groups[2].Value, null));
    }

    /// <summary>Waits until the name answers: after a move the first packets may be lost.</summary>
    public static Task ReachesAsync(this Host device, string name) =>
        UntilAsync($"{name} answers", TimeSpan.FromSeconds(20), async () => (await device.PingAsync(name, 1)).Received == 1);

    /// <summary>Waits until another megabyte of a download has come; fails when it has ended.</summary>
    public static async Task GoesOnAsync(this Task<ExecResult> download, FileInfo file)
    {
        var enough = Length(file) + (1 << 20);
        await UntilAsync("the download goes on", TimeSpan.FromSeconds(60), () => Task.FromResult(download.IsCompleted || Length(file) > enough));
        Assert.False(download.IsCompleted, "the download has ended");
    }

    private static long Length(FileInfo file)
    {
        file.Refresh();
        return file.Exists ? file.Length : 0;
    }

    [GeneratedRegex("(\\d+) packets transmitted, (\\d+) received")]
    private static partial Regex Packets();
}
