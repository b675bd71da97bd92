using System.Diagnostics;

namespace NTMobile.ServerHost.Tests;

/// <summary>What a program that has ended left.</summary>
internal sealed record Finished(int ExitCode, string Output, string Error);

/// <summary>Starts programs.</summary>
internal static class Command
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Process Start(string program, IEnumerable<string> words) => Process.Start(new ProcessStartInfo(program, words)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    public static async Task<Finished> RunAsync(string program, IEnumerable<string> words)
    {
        using var process = Start(program, words);
        using var late = new CancellationTokenSource(Patience);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(late.Token), process.StandardError.ReadToEndAsync(late.Token));
            await process.WaitForExitAsync(late.Token);
            return new Finished(process.ExitCode, (await output).Trim(), (await error).Trim());
        }
        catch
        {
            process.Kill();
            throw;
        }
    }
}
