namespace NTMobile.Lab;

/// <summary>
/// A world on paper: namespaces, cables and what is configured inside. <see cref="ApplyAsync"/> builds it with one process
/// start for all namespaces and cables, and one or two per namespace for what is inside.
/// </summary>
internal sealed class NetworkPlan
{
    private readonly List<PlannedHost> _hosts = [];
    private readonly List<string> _cables = [];

    public IReadOnlyList<PlannedHost> Hosts => _hosts;

    public PlannedHost Add(string name)
    {
        if (_hosts.Exists(h => h.Name == name))
        {
            throw new LabException($"the world has two hosts named {name}");
        }

        var host = new PlannedHost(name);
        _hosts.Add(host);
        return host;
    }

    /// <summary>A veth pair between two hosts; both ends come up.</summary>
    public void Cable(PlannedHost a, string interfaceA, PlannedHost b, string interfaceB)
    {
        _cables.Add($"link add {Checked(interfaceA)} netns {a.Name} type veth peer name {Checked(interfaceB)} netns {b.Name}");
        a.Ip.Add($"link set {interfaceA} up");
        b.Ip.Add($"link set {interfaceB} up");
    }

    public async Task ApplyAsync()
    {
        await Tool.IpBatchAsync(null, _hosts.Select(h => $"netns add {h.Name}")).ConfigureAwait(false);
        foreach (PlannedHost host in _hosts)
        {
            host.WriteFiles();
        }

        await Tool.IpBatchAsync(null, _cables).ConfigureAwait(false);
        await Parallel.ForEachAsync(_hosts, (host, _) => new(host.ApplyAsync())).ConfigureAwait(false);
    }

    /// <summary>Removes what there is of it.</summary>
    public Task RemoveAsync() => Tool.RunAsync(
        "ip", ["-force", "-batch", "-"], string.Concat(_hosts.Select(h => $"netns del {h.Name}\n")));

    private static string Checked(string name) =>
        name.Length <= 15 ? name : throw new LabException($"{name}: an interface name has at most 15 letters");
}
