namespace NTMobile.Lab;

/// <summary>The lines that a process printed: all of them in a file, the newest in memory, and those who wait for one.</summary>
internal sealed class OutputLog(string file, int kept)
{
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string?> Found)> _waiters = [];
    private readonly StreamWriter _writer = new(file) { AutoFlush = true };
    private bool _closed;

    public string File { get; } = file;

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public void Add(string line)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _writer.WriteLine(line);
            _lines.Enqueue(line);
            if (_lines.Count > kept)
            {
                _lines.Dequeue();
            }

            foreach (var waiter in _waiters.FindAll(w => w.Wanted(line)))
            {
                _waiters.Remove(waiter);
                waiter.Found.SetResult(line);
            }
        }
    }

    /// <summary>The first line that is wanted, among those here and those to come; null when the log is closed first.</summary>
    public Task<string?> FindAsync(Func<string, bool> wanted)
    {
        lock (_gate)
        {
            string? line = _lines.FirstOrDefault(wanted);
            if (line is not null || _closed)
            {
                return Task.FromResult(line);
            }

            var found = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((wanted, found));
            return found.Task;
        }
    }

    public string Tail() => string.Join('\n', Lines.TakeLast(30));

    public void Close()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _closed = true;
                _writer.Dispose();
                _waiters.ForEach(w => w.Found.SetResult(null));
                _waiters.Clear();
            }
        }
    }
}
