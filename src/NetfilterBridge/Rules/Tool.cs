using System.ComponentModel;
using System.Diagnostics;

namespace NTMobile.NetfilterBridge;

/// <summary>Runs a command-line tool to its end.</summary>
internal static class Tool
{
    /// <summary>Runs a tool that must succeed.</summary>
    /// <exception cref="RuleSetException">It failed.</exception>
    public static void Run(string name, IReadOnlyList<string> arguments, string input)
    {
        if (TryRun(name, arguments, input) is { } complaint)
        {
            throw new RuleSetException($"{name} {string.Join(' ', arguments)}: {complaint}");
        }
    }

    /// <summary>Runs a tool that must succeed, and returns what it printed.</summary>
    /// <exception cref="RuleSetException">It failed.</exception>
    public static string Read(string name, IReadOnlyList<string> arguments) => TryRun(name, arguments, "", out var output) is { } complaint
        ? throw new RuleSetException($"{name} {string.Join(' ', arguments)}: {complaint}")
        : output;

    /// <summary>Runs a tool.</summary>
    /// <returns>Null when it succeeded, else what it said.</returns>
    public static string? TryRun(string name, IReadOnlyList<string> arguments, string input = "") => TryRun(name, arguments, input, out _);

    private static string? TryRun(string name, IReadOnlyList<string> arguments, string input, out string output)
    {
        output = "";
        var start = new ProcessStartInfo(name, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start) ?? throw new RuleSetException($"{name} did not start.");
            var complaint = process.StandardError.ReadToEndAsync();
            var printed = process.StandardOutput.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            process.WaitForExit();
            output = printed.Result;
            return process.ExitCode == 0 ? null : complaint.Result.Trim();
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return e.Message;
        }
    }
}
