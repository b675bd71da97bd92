namespace NTMobile.Control.Tests.Memory;

/// <summary>A router without a network: the local API's other implementation. Its rules are those that every router has to keep.</summary>
public sealed partial class MemoryRouter : IRouterService
{
    private readonly Lock _gate = new();
    private readonly ChangeSignal _changes = new();
    private RouterSnapshot _now;
    private int _ids;

    public MemoryRouter(RouterSnapshot start) => _now = start;

    /// <summary>Set: every read fails with it, as a fault of the daemon would.</summary>
    public Exception? Fault { get; set; }

    /// <summary>What ping answers; null: it measures 20 ms for known peers and knows no other name.</summary>
    public Func<PingRequest, Result<PingReport>>? Ping { get; set; }

    /// <summary>Changes what is shown and tells the watchers.</summary>
    public void Update(Func<RouterSnapshot, RouterSnapshot> change)
    {
        lock (_gate)
        {
            _now = change(_now);
        }

        _changes.Changed();
    }

    public Task<RouterSnapshot> GetSnapshotAsync(CancellationToken cancel)
    {
        if (Fault is { } fault)
        {
            throw fault;
        }

        lock (_gate)
        {
            return Task.FromResult(_now with { Version = _changes.Version });
        }
    }

    public Task WaitForChangeAsync(long seen, CancellationToken cancel) => _changes.WaitAsync(seen, cancel);

    /// <summary>What netcheck answers.</summary>
    public NetworkReport Network { get; set; } = Snapshots.Network;

    public Task<NetworkReport> CheckNetworkAsync(CancellationToken cancel) => Task.FromResult(Network);

    public Task<Result<PingReport>> PingAsync(PingRequest request, CancellationToken cancel)
    {
        if (Ping is { } ping)
        {
            return Task.FromResult(ping(request));
        }

        var known = _now.Peers.Any(p => p.Name == request.Name);
        Result<PingReport> result = known
            ? new PingReport([.. Enumerable.Repeat(20.0, request.Count ?? 1)], new(PathKind.Direct, "wlan0", "203.0.113.9:41000", 20, 1452), 0)
            : ControlError.NotFound($"No such name: {request.Name}.");
        return Task.FromResult(result);
    }

    public Task<ControlError?> EnrolAsync(EnrolRequest request, CancellationToken cancel)
    {
        if (_now.Status.Enrolled)
        {
            return Task.FromResult<ControlError?>(ControlError.Conflict("This router is enrolled already."));
        }

        if (!request.Token.StartsWith("ntm1-", StringComparison.Ordinal))
        {
            return Task.FromResult<ControlError?>(ControlError.Refused("The key server does not know this token. It may have been used."));
        }

        Update(s => s with
        {
            Status = s.Status with
            {
                Enrolled = true,
                State = RouterState.Online,
                Name = "bag.example.net",
                Zone = "example.net",
                DirectionServer = new("ds1.example.net", "203.0.113.1:4330", true, 18.4),
            },
        });
        return Task.FromResult<ControlError?>(null);
    }

    private Task<ControlError?> Change(Func<RouterSnapshot, (RouterSnapshot, ControlError?)> change)
    {
        lock (_gate)
        {
            (_now, var error) = change(_now);
            if (error is not null)
            {
                return Task.FromResult<ControlError?>(error);
            }
        }

        _changes.Changed();
        return Task.FromResult<ControlError?>(null);
    }

    private async Task<Result<T>> Change<T>(T value, Func<RouterSnapshot, (RouterSnapshot, ControlError?)> change)
        where T : class => await Change(change) is { } error ? error : value;
}
