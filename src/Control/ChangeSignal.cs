namespace NTMobile.Control;

/// <summary>Lets watchers wait for the next change. Any thread may call any member.</summary>
public sealed class ChangeSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 1;

    /// <summary>Number of the last change; starts at 1.</summary>
    public long Version
    {
        get
        {
            lock (_gate)
            {
                return _version;
            }
        }
    }

    /// <summary>Says that something changed. Cheap; never runs a watcher on the caller's thread.</summary>
    public void Changed()
    {
        lock (_gate)
        {
            _version++;
            _next.SetResult();
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Completes as soon as the version is another than the one seen.</summary>
    /// <param name="seen">Version that the watcher has shown.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public Task WaitAsync(long seen, CancellationToken cancel)
    {
        lock (_gate)
        {
            return _version != seen ? Task.CompletedTask : _next.Task.WaitAsync(cancel);
        }
    }
}
