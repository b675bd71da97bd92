using System.Text.Json;
using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>
/// Another tunnel between the two routers, over the same cables. Both devices have an address for it alone, and both routers send the
/// other's by the rival's TUN: each row can choose the way by the addresses.
/// </summary>
internal abstract class Rival : Way
{
    private const int QueueLength = 1000;

    // fastd repeats a lost first handshake after some 20 s.
    private static readonly TimeSpan WorksWithin = TimeSpan.FromSeconds(45);
    private string _version = "";

    public override WayKind Kind => WayKind.Rival;

    public override string Title => $"{Name} ({_version})";

    public override string Source => Alice.Address;

    public override string Target => Bob.Address;

    /// <summary>The product's name.</summary>
    protected abstract string Name { get; }

    /// <summary>Programs that must be there, by path or to be looked up in PATH; the first one is the daemon.</summary>
    protected abstract IReadOnlyList<string> Programs { get; }

    /// <summary>Largest packet inside, in bytes.</summary>
    protected abstract int Mtu { get; }

    /// <summary>What makes the programs' version, with the cipher when it was chosen.</summary>
    protected abstract Task<string> DescribeAsync(Host host);

    protected RivalEnd Alice { get; private set; } = null!;

    protected RivalEnd Bob { get; private set; } = null!;

    /// <summary>Folder for keys and configurations.</summary>
    protected string Folder { get; private set; } = null!;

    /// <summary>Starts both daemons and waits until devices reach each other. Throws <see cref="LabException"/> when they do not.</summary>
    public async Task StartAsync(RivalEnd alice, RivalEnd bob, string folder)
    {
        foreach (var program in Programs.Where(p => !Exists(p)))
        {
            throw new LabException($"{program} is not installed");
        }

        (Alice, Bob) = (alice, bob);
        Folder = Directory.CreateDirectory(folder).FullName;
        _version = await DescribeAsync(alice.Router).ConfigureAwait(false);
        await PrepareAsync().ConfigureAwait(false);
        await Task.WhenAll(StartAsync(alice, bob), StartAsync(bob, alice)).ConfigureAwait(false);
        await WaitUntilItWorksAsync().ConfigureAwait(false);
    }

    /// <summary>Makes what both ends need of each other, such as keys.</summary>
    protected abstract Task PrepareAsync();

    /// <summary>Starts the daemon of one end; the interface may come a little later.</summary>
    protected abstract LabProcess StartDaemon(RivalEnd here, RivalEnd there);

    /// <summary>What is left to do when the interface is there.</summary>
    protected virtual Task ConfigureAsync(RivalEnd here, RivalEnd there) => Task.CompletedTask;

    /// <summary>A file of one end.</summary>
    protected string FileOf(RivalEnd end, string extension) => Path.Combine(Folder, $"{end.Tun}.{extension}");

    /// <summary>The first line that a command prints, to standard output or error.</summary>
    protected static async Task<string> FirstLineAsync(Host host, string command, params string[] arguments)
    {
        var result = await host.ExecAsync(command, arguments).ConfigureAwait(false);
        return (result.Output + result.Errors).Split('\n')[0].Trim();
    }

    protected override async Task<Carried?> CountAsync() =>
        new(await BytesAsync(Alice).ConfigureAwait(false), await BytesAsync(Bob).ConfigureAwait(false));

    private static async Task<long> BytesAsync(RivalEnd end)
    {
        using var links = JsonDocument.Parse(await end.Router.RunAsync("ip", "-s", "-j", "link", "show", "dev", end.Tun).ConfigureAwait(false));
        var statistics = links.RootElement[0].GetProperty("stats64");
        return statistics.GetProperty("rx").GetProperty("bytes").GetInt64() + statistics.GetProperty("tx").GetProperty("bytes").GetInt64();
    }

    private static bool Exists(string program) =>
        program.Contains('/', StringComparison.Ordinal)
            ? File.Exists(program)
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(f => File.Exists(Path.Combine(f, program)));

    private async Task StartAsync(RivalEnd here, RivalEnd there)
    {
        await here.Device.IpAsync($"addr add {here.Address}/32 dev eth0").ConfigureAwait(false);
        await here.Router.IpAsync($"route add {here.Address} dev lan0").ConfigureAwait(false);
        var daemon = StartDaemon(here, there);
        await WaitForInterfaceAsync(here, daemon).ConfigureAwait(false);
        await ConfigureAsync(here, there).ConfigureAwait(false);
        await here.Router.IpAsync(
            $"link set dev {here.Tun} mtu {Mtu} txqueuelen {QueueLength} up", $"route replace {there.Subnet} dev {here.Tun}").ConfigureAwait(false);
    }

    private static async Task WaitForInterfaceAsync(RivalEnd end, LabProcess daemon)
    {
        using var patience = new CancellationTokenSource(WorksWithin);
        while ((await end.Router.ExecAsync("ip", "link", "show", "dev", end.Tun).ConfigureAwait(false)).ExitCode != 0)
        {
            if (daemon.HasExited || patience.IsCancellationRequested)
            {
                throw new LabException($"{daemon.Label} makes no interface: {string.Join(" / ", daemon.Lines.TakeLast(3))}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100)).ConfigureAwait(false);
        }
    }

    private async Task WaitUntilItWorksAsync()
    {
        using var patience = new CancellationTokenSource(WorksWithin);
        while ((await Alice.Device.ExecAsync("ping", "-n", "-c2", "-i0.2", "-W1", "-I", Source, Target).ConfigureAwait(false)).ExitCode != 0)
        {
            if (patience.IsCancellationRequested)
            {
                throw new LabException($"nothing came through within {WorksWithin.TotalSeconds} s");
            }
        }
    }
}
