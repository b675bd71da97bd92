namespace NTMobile.Lab;

/// <summary>
/// A program that serves, e.g. one of the product's executables: started until it says it is ready, killed hard or stopped
/// politely, and started again with the same words. It dies with the world.
/// </summary>
public sealed class DaemonProcess
{
    private readonly Readiness _ready;

    private DaemonProcess(Host host, ProcessSpec spec, Readiness ready)
    {
        Host = host;
        Spec = spec;
        _ready = ready;
        Process = host.Start(spec);
    }

    /// <summary>Where it runs.</summary>
    public Host Host { get; }

    /// <summary>How it is started.</summary>
    public ProcessSpec Spec { get; }

    /// <summary>The newest process; each start has its own log file.</summary>
    public LabProcess Process { get; private set; }

    /// <summary>Starts a program and waits until it is ready; throws <see cref="LabException"/> with its last lines otherwise.</summary>
    public static async Task<DaemonProcess> StartAsync(Host host, ProcessSpec spec, Readiness ready)
    {
        var daemon = new DaemonProcess(host, spec, ready);
        await ready.WaitAsync(host, daemon.Process).ConfigureAwait(false);
        return daemon;
    }

    /// <summary>kill -9, and waits until it is gone. What it held open is closed by the kernel then.</summary>
    public ValueTask KillAsync() => Process.DisposeAsync();

    /// <summary>SIGTERM, then waits for at most <paramref name="timeout"/> (10 s); returns the exit code.</summary>
    public Task<int> StopAsync(TimeSpan? timeout = null)
    {
        Process.Signal(15);
        return Process.WaitForExitAsync(timeout ?? TimeSpan.FromSeconds(10));
    }

    /// <summary>Starts it again, after a kill if it still runs, and waits until it is ready.</summary>
    public async Task RestartAsync()
    {
        await KillAsync().ConfigureAwait(false);
        Process = Host.Start(Spec);
        await _ready.WaitAsync(Host, Process).ConfigureAwait(false);
    }
}
