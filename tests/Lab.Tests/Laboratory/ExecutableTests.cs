using System.Diagnostics;
using Tmds.Linux;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>`ntm-lab` as a person uses it, and what is left of it after kill -9.</summary>
public sealed class ExecutableTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ntm-lab-state-").FullName;
    private readonly List<LabProcess> _started = [];

    public async ValueTask DisposeAsync()
    {
        foreach (LabProcess process in _started)
        {
            await process.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_person_brings_it_up_looks_inside_breaks_it_and_stops_it()
    {
        LabProcess up = Start("up", "--world", "two");
        await up.WaitForLineAsync("^Up\\.", TimeSpan.FromSeconds(20));
        Assert.Contains(up.Lines, line => line.Contains("alice-1: 192.168.8.100", StringComparison.Ordinal));

        Assert.Contains("192.168.8.100/24", await RunAsync("exec", "alice-1", "ip", "addr"), StringComparison.Ordinal);
        Assert.Contains("alice: wan0 198.51.100.", await RunAsync("break", "replug", "alice", "cloud1"), StringComparison.Ordinal);
        await RunAsync("break", "shape", "cloud1", "delay=30");
        Assert.Contains(" 0% packet loss", await RunAsync("exec", "alice-1", "ping", "-c1", "192.0.2.2"), StringComparison.Ordinal);
        await RunAsync("break", "icmp", "off", "cloud1");
        await Assert.ThrowsAsync<LabException>(() => RunAsync("exec", "alice-1", "ping", "-c1", "-W1", "192.0.2.2"));
        var refused = await Assert.ThrowsAsync<LabException>(() => RunAsync("break", "replug", "alice", "moon"));
        Assert.Contains("no place moon", refused.Message, StringComparison.Ordinal);

        // What a Ctrl-C at the terminal does: the signal goes to every process of its group, here to the only child.
        Assert.Equal(0, LibC.kill(Child(up), 2));
        Assert.Equal(130, await up.WaitForExitAsync(TimeSpan.FromSeconds(10)));
        Assert.Empty(Survivors());
    }

    [Fact]
    public async Task A_killed_lab_leaves_no_namespace_no_process_and_no_mount()
    {
        string mounts = await File.ReadAllTextAsync("/proc/self/mountinfo");
        int namespaces = await CountNetworkNamespacesAsync();
        LabProcess up = Start("up", "--world", "grid");
        await up.WaitForLineAsync("^Up\\.", TimeSpan.FromSeconds(20));
        Assert.NotEmpty(Survivors());

        LabProcess inside = Start("exec", "cloud-a", "sleep", "1000");
        await Task.Delay(TimeSpan.FromSeconds(1));
        up.Signal(9);

        var waited = Stopwatch.StartNew();
        while (Survivors().Count > 0 && waited.Elapsed < TimeSpan.FromSeconds(5))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        Assert.Empty(Survivors());
        Assert.True(inside.HasExited);
        Assert.Equal(namespaces, await CountNetworkNamespacesAsync());
        Assert.Equal(mounts, await File.ReadAllTextAsync("/proc/self/mountinfo"));
        Assert.Empty(Directory.GetFiles("/run/netns"));
    }

    private LabProcess Start(params string[] words)
    {
        var process = new LabProcess("ntm-lab", StartInfo(words), Path.Combine(_folder, $"log-{_started.Count}"));
        _started.Add(process);
        return process;
    }

    private async Task<string> RunAsync(params string[] words) =>
        (await Tool.RunAsync(StartInfo(words), null, Tool.DefaultTimeout)).ThrowIfFailed().Output;

    private ProcessStartInfo StartInfo(string[] words)
    {
        // A shell's background job ignores SIGINT, and so would everything that the tests start there.
        ProcessStartInfo start = Tool.StartInfo("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "ntm-lab.dll"), .. words]);
        start.Environment["NTM_LAB_STATE"] = _folder;
        return start;
    }

    /// <summary>Processes that carry this test's folder in their environment. Ours see those in nested pid namespaces too.</summary>
    private List<int> Survivors() =>
    [
        .. from path in Directory.EnumerateDirectories("/proc")
           where int.TryParse(Path.GetFileName(path), out _) && Read($"{path}/environ").Contains(_folder, StringComparison.Ordinal)
           select int.Parse(Path.GetFileName(path)),
    ];

    private static int Child(LabProcess parent) =>
        int.Parse(Read($"/proc/{parent.Id}/task/{parent.Id}/children").Split(' ')[0]);

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task<int> CountNetworkNamespacesAsync() =>
        (await Tool.RunAsync("lsns", ["-n", "-t", "net", "-o", "NS"])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
}
