namespace NTMobile.Lab;

/// <summary>
/// A running world. One at a time lives in a process, since namespaces have plain names; disposing it kills its processes
/// and removes its namespaces.
/// </summary>
public sealed class LabWorld : IAsyncDisposable
{
    private static LabWorld? alive;

    private readonly Dictionary<string, Host> _hosts = [];
    private readonly List<IAsyncDisposable> _kept = [];
    private readonly NetworkPlan _network;
    private int _logFiles;

    private LabWorld(WorldBuilder plan, string? logFolder)
    {
        _network = plan.Network;
        LogFolder = logFolder ?? Directory.CreateTempSubdirectory("ntm-lab-").FullName;
        KeepLogs = logFolder is not null;
        Directory.CreateDirectory(LogFolder);
        foreach (PlannedHost host in _network.Hosts)
        {
            _hosts[host.Name] = new Host(this, host);
        }

        Servers = [.. plan.Servers.Select(s => Host(s.Name))];
        Places = [.. plan.Places.Select(p => new Place(p, Host(p.Name)))];
        Sites = [.. plan.Sites.Select(MakeSite)];
    }

    /// <summary>The Internet core, which routes and nothing else.</summary>
    public Host Core => Host(WorldBuilder.CoreName);

    /// <summary>The hosts with public addresses straight at the core.</summary>
    public IReadOnlyList<Host> Servers { get; }

    /// <summary>All places, with and without a router plugged in.</summary>
    public IReadOnlyList<Place> Places { get; }

    /// <summary>All sites.</summary>
    public IReadOnlyList<Site> Sites { get; }

    /// <summary>Every namespace.</summary>
    public IEnumerable<Host> Hosts => _hosts.Values;

    /// <summary>Where every process of the world writes its output; removed with the world unless <see cref="KeepLogs"/>.</summary>
    public string LogFolder { get; }

    /// <summary>Keeps <see cref="LogFolder"/>; true from the start when the folder was given.</summary>
    public bool KeepLogs { get; set; }

    /// <summary>
    /// Builds a world. The process must be isolated (<see cref="LabHost.EnsureIsolated"/> is called). Throws
    /// <see cref="LabException"/> when another world lives or a tool fails.
    /// </summary>
    public static async Task<LabWorld> CreateAsync(Action<WorldBuilder> describe, string? logFolder = null)
    {
        LabHost.EnsureIsolated();
        var plan = new WorldBuilder();
        describe(plan);
        plan.SpreadResolver();
        var world = new LabWorld(plan, logFolder);
        if (Interlocked.CompareExchange(ref alive, world, null) is not null)
        {
            throw new LabException("another world lives in this process; dispose it first");
        }

        try
        {
            await world._network.ApplyAsync().ConfigureAwait(false);
            await Task.WhenAll(world.Places.Select(place => place.StartAsync())).ConfigureAwait(false);
            return world;
        }
        catch
        {
            await world.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A namespace by name.</summary>
    public Host Host(string name) => _hosts.GetValueOrDefault(name)
        ?? throw new LabException($"no host {name}; there are {string.Join(", ", _hosts.Keys)}");

    /// <summary>A place by name.</summary>
    public Place Place(string name) => Places.FirstOrDefault(p => p.Name == name)
        ?? throw new LabException($"no place {name}; there are {string.Join(", ", Places)}");

    /// <summary>A site by name.</summary>
    public Site Site(string name) => Sites.FirstOrDefault(s => s.Name == name)
        ?? throw new LabException($"no site {name}; there are {string.Join(", ", Sites)}");

    /// <summary>The topology with names and addresses, as text.</summary>
    public string Draw() => WorldDrawing.Draw(this);

    /// <summary>Kills what was started, newest first, and removes the namespaces.</summary>
    public async ValueTask DisposeAsync()
    {
        IAsyncDisposable[] kept;
        lock (_kept)
        {
            kept = [.. _kept];
            _kept.Clear();
        }

        foreach (IAsyncDisposable one in kept.Reverse())
        {
            await one.DisposeAsync().ConfigureAwait(false);
        }

        foreach (Place place in Places)
        {
            await place.EndShapeAsync().ConfigureAwait(false);
        }

        await _network.RemoveAsync().ConfigureAwait(false);
        if (!KeepLogs)
        {
            Directory.Delete(LogFolder, recursive: true);
        }

        Interlocked.CompareExchange(ref alive, null, this);
    }

    /// <summary>Disposes <paramref name="resource"/> with the world.</summary>
    internal T Keep<T>(T resource)
        where T : IAsyncDisposable
    {
        lock (_kept)
        {
            _kept.Add(resource);
        }

        return resource;
    }

    internal string NewLogFile(string label, string extension = "log") =>
        Path.Combine(LogFolder, $"{Interlocked.Increment(ref _logFiles):00}-{label}.{extension}");

    private Site MakeSite(SitePlan plan)
    {
        Host router = Host(plan.Router.Name);
        Uplink[] uplinks = [.. plan.Places.Select((place, number) => new Uplink(router, number, Place(place.Name)))];
        foreach (Uplink uplink in uplinks)
        {
            plan.Router.Ip.AddRange(uplink.TakeAddress());
            plan.Router.Resolver = uplink.Place.Resolver ?? plan.Router.Resolver;
        }

        return new Site(plan, router, [.. plan.Devices.Select(d => Host(d.Name))], uplinks);
    }
}
