using System.Diagnostics;
using System.Text.RegularExpressions;
using Tmds.Linux;

namespace NTMobile.Lab;

/// <summary>A running process of the laboratory with its captured output. Disposing it kills it and its children.</summary>
public sealed class LabProcess : IAsyncDisposable
{
    /// <summary>The newest lines are kept in memory, older ones only in the log file.</summary>
    private const int KeptLines = 20_000;

    private readonly Process _process;
    private readonly OutputLog _log;
    private readonly Task _pumps;

    internal LabProcess(string label, ProcessStartInfo start, string logFile)
    {
        Label = label;
        _log = new OutputLog(logFile, KeptLines);
        _process = Tool.Begin(start);
        Id = _process.Id;
        _pumps = Task.WhenAll(PumpAsync(_process.StandardOutput), PumpAsync(_process.StandardError));
        _ = _pumps.ContinueWith(_ => _log.Close(), TaskScheduler.Default);
    }

    /// <summary>Host and command, as in the log file's name.</summary>
    public string Label { get; }

    /// <summary>The process id inside the laboratory's pid namespace.</summary>
    public int Id { get; }

    /// <summary>The file that has every line of output.</summary>
    public string LogFile => _log.File;

    /// <summary>True when the process has ended by itself or by a signal.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The exit code; 128 + N after signal N. Throws while the process runs.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The newest lines of standard output and error, in the order in which they came.</summary>
    public IReadOnlyList<string> Lines => _log.Lines;

    /// <summary>Standard input.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>
    /// Returns the first line, among those printed already and to come, that the regular expression matches. Throws
    /// <see cref="LabException"/> with the last lines when the process ends first or <paramref name="timeout"/> (10 s) runs out.
    /// </summary>
    public async Task<string> WaitForLineAsync(string pattern, TimeSpan? timeout = null)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        Task<string?> found = _log.FindAsync(line => regex.IsMatch(line));
        try
        {
            return await found.WaitAsync(timeout ?? TimeSpan.FromSeconds(10)).ConfigureAwait(false)
                ?? throw new LabException($"{Label} ended before it printed /{pattern}/:\n{_log.Tail()}");
        }
        catch (TimeoutException e)
        {
            throw new LabException($"{Label} did not print /{pattern}/ in time:\n{_log.Tail()}", e);
        }
    }

    /// <summary>Waits for the end, for at most <paramref name="timeout"/> (60 s), and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? timeout = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(timeout ?? Tool.DefaultTimeout).ConfigureAwait(false);
            await _pumps.ConfigureAwait(false);
            return _process.ExitCode;
        }
        catch (TimeoutException e)
        {
            throw new LabException($"{Label} did not end in time:\n{_log.Tail()}", e);
        }
    }

    /// <summary>Sends a signal by number, e.g. 15 for SIGTERM; nothing happens when the process has ended.</summary>
    public void Signal(int number)
    {
        if (!HasExited)
        {
            _ = LibC.kill(Id, number);
        }
    }

    /// <summary>SIGKILL to the process and its children (kill -9).</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Kills the process if it runs, and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _log.Close();
    }

    private async Task PumpAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            _log.Add(line);
        }
    }
}
