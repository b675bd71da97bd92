using System.Diagnostics;
using System.Net;

namespace NTMobile.Lab;

/// <summary>A machine of the laboratory: one network namespace, reached by `ip netns exec NAME`.</summary>
public sealed class Host
{
    private readonly LabWorld _world;

    internal Host(LabWorld world, PlannedHost plan)
    {
        _world = world;
        Name = plan.Name;
        Addresses = plan.Addresses;
        Addresses6 = plan.Addresses6;
    }

    /// <summary>The name of the namespace.</summary>
    public string Name { get; }

    /// <summary>The IPv4 addresses it was built with, the most public one first. A router's uplink address is in <see cref="Uplink.Address"/>.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>The first of <see cref="Addresses"/>.</summary>
    public IPAddress Address => Addresses[0];

    /// <summary>The IPv6 addresses it was built with: those of servers, and of LANs with IPv6.</summary>
    public IReadOnlyList<IPAddress> Addresses6 { get; }

    /// <summary>Runs a command to its end inside, for at most a minute.</summary>
    public Task<ExecResult> ExecAsync(string command, params IEnumerable<string> arguments) =>
        ExecAsync(Tool.DefaultTimeout, command, arguments);

    /// <summary>Runs a command to its end inside; throws <see cref="LabException"/> when it takes longer than <paramref name="timeout"/>.</summary>
    public Task<ExecResult> ExecAsync(TimeSpan timeout, string command, params IEnumerable<string> arguments) =>
        Tool.RunAsync(StartInfo(command, arguments), null, timeout);

    /// <summary>Runs a command inside and returns its standard output; throws <see cref="LabException"/> when it fails.</summary>
    public async Task<string> RunAsync(string command, params IEnumerable<string> arguments) =>
        (await ExecAsync(command, arguments).ConfigureAwait(false)).ThrowIfFailed().Output;

    /// <summary>Runs a line of shell inside and returns its standard output; throws <see cref="LabException"/> when it fails.</summary>
    public Task<string> ShellAsync(string line) => RunAsync("sh", "-c", line);

    /// <summary>
    /// Starts a process that goes on. Its output is kept and written to the world's log folder; it is killed with the world.
    /// </summary>
    public LabProcess Start(string command, params IEnumerable<string> arguments) =>
        Start(new ProcessSpec { Command = command, Arguments = [.. arguments] });

    /// <summary>Starts a process that goes on, with a name, a folder or an environment of its own.</summary>
    public LabProcess Start(ProcessSpec spec)
    {
        ProcessStartInfo start = StartInfo(spec.Command, spec.Arguments);
        start.WorkingDirectory = spec.WorkingDirectory ?? "";
        foreach ((string key, string? value) in spec.Environment)
        {
            start.Environment[key] = value;
        }

        string label = $"{Name}-{spec.Name ?? Path.GetFileNameWithoutExtension(spec.Command)}";
        return _world.Keep(new LabProcess(label, start, _world.NewLogFile(label)));
    }

    /// <summary>
    /// Runs code inside, on a thread of its own: sockets that it opens belong to this host for ever, wherever they are used
    /// later. Only the network differs inside; files, and so /etc/resolv.conf, are the laboratory's.
    /// </summary>
    public T RunInside<T>(Func<T> work) => NetworkNamespace.Run(Name, work);

    /// <inheritdoc cref="RunInside{T}(Func{T})"/>
    public void RunInside(Action work) => NetworkNamespace.Run(Name, () =>
    {
        work();
        return true;
    });

    /// <summary>Applies lines of ip(8), without the word `ip`, with one process start.</summary>
    public Task IpAsync(params IEnumerable<string> lines) => Tool.IpBatchAsync(Name, lines);

    /// <summary>Applies nft(8) input.</summary>
    public Task NftAsync(string script) => RunWithInputAsync(script, "nft", "-f", "-");

    /// <summary>The namespace as a file.</summary>
    internal string NamespacePath => $"{NetworkNamespace.Folder}/{Name}";

    /// <summary>Runs a command to its end inside with text on its standard input; throws when it fails.</summary>
    internal async Task RunWithInputAsync(string input, string command, params IEnumerable<string> arguments) =>
        (await Tool.RunAsync(StartInfo(command, arguments), input, Tool.DefaultTimeout).ConfigureAwait(false)).ThrowIfFailed();

    /// <inheritdoc cref="PlannedHost.WriteEtc"/>
    internal void WriteEtc(string file, string text) => PlannedHost.WriteEtc(Name, file, text);

    /// <summary>A new file name in the world's log folder.</summary>
    internal string NewLogFile(string label, string extension) => _world.NewLogFile(label, extension);

    /// <summary>Disposes <paramref name="resource"/> with the world.</summary>
    internal T Keep<T>(T resource)
        where T : IAsyncDisposable => _world.Keep(resource);

    /// <summary>The name, for messages.</summary>
    public override string ToString() => Name;

    private ProcessStartInfo StartInfo(string command, IEnumerable<string> arguments) =>
        Tool.StartInfo("ip", [.. new[] { "netns", "exec", Name, command }, .. arguments]);
}
