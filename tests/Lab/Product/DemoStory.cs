using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace NTMobile.Lab.Product;

/// <summary>
/// The demonstration: a laptop behind a home NAT downloads a file by name from a device behind a symmetric NAT; a third of the way the router is
/// unplugged and plugged into another home's network. A phone beside the laptop keeps an ssh session and an iperf3 run over the same move.
/// </summary>
public sealed class DemoStory
{
    private const long FileSize = 1L << 30;
    private const long Rate = 300_000_000;
    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(5);
    private readonly ProductWorld _world;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _failures;

    private DemoStory(ProductWorld world) => _world = world;

    private ProductRouter Alice => _world["alice"];

    private ProductRouter Bob => _world["bob"];

    private Host Laptop => Alice.Site.Devices[0];

    private Host Phone => Alice.Site.Devices[1];

    private Host Nas => Bob.Site.Devices[0];

    private string NasName => Bob.Name("nas");

    /// <summary>Tells the whole story.</summary>
    /// <param name="page">Unix socket to which alice's web page is carried, or null.</param>
    /// <param name="stay">Completes when the world may go; null: at once.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string? page, Func<Task>? stay)
    {
        Console.WriteLine("Two routers, each with a LAN of unmodified devices; servers; a second home to move to:\n");
        await using var world = await ProductWorld.CreateAsync(
            builder =>
            {
                builder.Site("alice", Presets.Home, new SiteOptions { Devices = 2 });
                builder.Site("bob", Presets.Symmetric);
                builder.Place(Presets.Home, "cafe");
            }).ConfigureAwait(false);
        Console.WriteLine(world.Lab.Draw());
        var story = new DemoStory(world);
        try
        {
            await story.TellAsync().ConfigureAwait(false);
        }
        catch (LabException e)
        {
            story.Say($"FAILED: {e.Message}");
            story._failures++;
            world.Lab.KeepLogs = true;
            story.Say($"logs: {world.Lab.LogFolder}");
        }

        if (page is not null && stay is not null)
        {
            await using var forwarder = Forwarder.Publish(story.Alice.Site.Router, story.Alice.Web, page);
            Console.WriteLine("\nalice's web page: http://127.0.0.1:8330/   (Enter or Ctrl-C ends the demonstration)");
            await stay().ConfigureAwait(false);
        }

        Console.WriteLine(story._failures == 0 ? "\nDemonstration passed." : $"\nDemonstration FAILED ({story._failures}).");
        return story._failures == 0 ? 0 : 1;
    }

    private async Task TellAsync()
    {
        foreach (var place in _world.Lab.Places)
        {
            await place.ShapeAsync(LinkShape.Both(OneWay, rate: Rate)).ConfigureAwait(false);
        }

        Say($"Every access line: {Rate / 1_000_000} Mb/s, {OneWay.TotalMilliseconds} ms one way.");
        var folder = Directory.CreateDirectory(Path.Combine(_world.Lab.LogFolder, "www")).FullName;
        var sum = await BigFile.WriteRandomAsync(Path.Combine(folder, "film"), FileSize).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder, "small"), "hello from bob's nas\n").ConfigureAwait(false);
        await HttpFileServer.StartAsync(Nas, folder).ConfigureAwait(false);
        var ssh = await SshServer.StartAsync(Nas).ConfigureAwait(false);
        await Iperf3.ServeAsync(Nas).ConfigureAwait(false);
        await Bob.ShareAsync(Nas, "nas", "tcp/22,tcp/80,tcp/5201,icmp").ConfigureAwait(false);
        Say($"bob shares {NasName}: http, ssh, iperf3, ping.");

        await FirstContactAsync().ConfigureAwait(false);
        var film = Path.Combine(_world.Lab.LogFolder, "film");
        var download = Laptop.Start("curl", "-sS", "--fail", "-o", film, $"http://{NasName}/film");
        var shell = Phone.Start("ssh", ssh.Arguments(NasName, "while sleep 0.1; do echo tick; done"));
        var flow = Iperf3.TcpAsync(Phone, NasName, TimeSpan.FromSeconds(40));
        await MoveAtAsync(film, FileSize / 3, download).ConfigureAwait(false);

        var exit = await download.WaitForExitAsync(TimeSpan.FromMinutes(5)).ConfigureAwait(false);
        Check(exit == 0 && await BigFile.Sha256Async(film).ConfigureAwait(false) == sum, $"the download is complete and its sha256 is right ({sum[..16]}…)");
        var throughput = await flow.ConfigureAwait(false);
        Check(throughput.BitsPerSecond > 0, $"the phone's iperf3 went on over the move: {throughput.BitsPerSecond / 1e6:F0} Mb/s on average beside the download");
        var ticks = shell.Lines.Count(l => l.Contains("tick", StringComparison.Ordinal));
        Check(!shell.HasExited && ticks > 10, $"the phone's ssh session lives: {ticks} lines so far");
        await shell.DisposeAsync().ConfigureAwait(false);
        await ReportMovesAsync().ConfigureAwait(false);
    }

    private async Task FirstContactAsync()
    {
        Say($"The laptop asks for http://{NasName}/small — the first contact between the two routers.");
        var text = await Laptop.RunAsync(
            "curl", "-sS", "--fail", "-w", "\n%{time_namelookup} %{time_connect} %{time_starttransfer} %{remote_ip}", $"http://{NasName}/small").ConfigureAwait(false);
        var parts = text.Trim().Split('\n')[^1].Split(' ');
        var ms = parts[..3].Select(p => double.Parse(p, CultureInfo.InvariantCulture) * 1000).ToArray();
        Say($"Set-up: name answered after {ms[0]:F0} ms ({parts[3]}, a virtual address), TCP connected after {ms[1]:F0} ms, first byte after {ms[2]:F0} ms.");
        var path = (await Alice.SessionAsync("bob").ConfigureAwait(false))?.GetProperty("path");
        Say($"Path: {Words(path)}. The relay carries ciphertext until the routers have found a direct path, here through a NAT with a port for each destination.");
    }

    private async Task MoveAtAsync(string file, long size, LabProcess download)
    {
        while (!download.HasExited && (!File.Exists(file) || new FileInfo(file).Length < size))
        {
            await Task.Delay(50).ConfigureAwait(false);
        }

        Check(!download.HasExited, $"a third has arrived ({new FileInfo(file).Length >> 20} MiB)");
        Say("alice's router is unplugged at home and plugged in at the cafe …");
        var before = Alice.Site.Uplink.Address;
        await Alice.Site.Uplink.ReplugAsync(_world.Lab.Place("cafe")).ConfigureAwait(false);
        Say($"… {before} is gone, the new address is {Alice.Site.Uplink.Address}.");
    }

    private async Task ReportMovesAsync()
    {
        foreach (var (router, peer) in new[] { (Alice, "bob"), (Bob, "alice") })
        {
            var session = await router.SessionAsync(peer).ConfigureAwait(false);
            foreach (var move in session?.GetProperty("moves").EnumerateArray() ?? [])
            {
                Say($"{router.Site.Name}: {move.GetProperty("cause").GetString()}, {move.GetProperty("from").GetString()} → {move.GetProperty("to").GetString()}; "
                    + $"no packet for {move.GetProperty("gapMs").GetDouble():F0} ms, {move.GetProperty("lost").GetInt64()} datagrams lost (TCP sent them again)");
            }
        }
    }

    private static string Words(JsonElement? path) => path is { ValueKind: JsonValueKind.Object } p
        ? $"{p.GetProperty("kind").GetString()} to {p.GetProperty("remote").GetString()}, MTU {p.GetProperty("mtu").GetInt32()}"
        : "none";

    private void Check(bool good, string what)
    {
        _failures += good ? 0 : 1;
        Say($"{(good ? "✓" : "✗ NOT TRUE:")} {what}");
    }

    private void Say(string text) => Console.WriteLine($"{_clock.Elapsed.TotalSeconds,6:F1} s  {text}");
}
