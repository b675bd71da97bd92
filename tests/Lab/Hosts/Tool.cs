using System.Diagnostics;

namespace NTMobile.Lab;

/// <summary>Runs command-line tools to their end.</summary>
internal static class Tool
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Runs a tool in the laboratory's own namespace; throws when it fails.</summary>
    public static Task<ExecResult> RunAsync(string command, IEnumerable<string> arguments, string? input = null) =>
        RunAsync(StartInfo(command, arguments), input, DefaultTimeout);

    /// <summary>Applies lines of ip(8) to a namespace (null: the laboratory's own) with one process start.</summary>
    public static async Task IpBatchAsync(string? host, params IEnumerable<string> lines)
    {
        string[] arguments = host is null ? ["-batch", "-"] : ["-n", host, "-batch", "-"];
        ExecResult result = await RunAsync(StartInfo("ip", arguments), string.Join('\n', lines) + '\n', DefaultTimeout)
            .ConfigureAwait(false);
        result.ThrowIfFailed();
    }

    public static ProcessStartInfo StartInfo(string command, IEnumerable<string> arguments) => new(command, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    /// <summary>Runs to the end; a tool that is still there after <paramref name="timeout"/> is killed and reported.</summary>
    public static async Task<ExecResult> RunAsync(ProcessStartInfo start, string? input, TimeSpan timeout)
    {
        string command = string.Join(' ', start.ArgumentList.Prepend(start.FileName));
        using Process process = Begin(start);
        using var patience = new CancellationTokenSource(timeout);
        Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await WriteInputAsync(process, input).ConfigureAwait(false);
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            return new(command, process.ExitCode, await output.ConfigureAwait(false), await errors.ConfigureAwait(false));
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new LabException($"`{command}` did not end within {timeout.TotalSeconds:0.#} s", e);
        }
    }

    public static Process Begin(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new LabException($"cannot start {start.FileName}: {e.Message} (see tests/Lab/packages.txt)", e);
        }
    }

    private static async Task WriteInputAsync(Process process, string? input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The tool has ended without reading: its exit code and words tell more than a broken pipe.
        }
    }
}
