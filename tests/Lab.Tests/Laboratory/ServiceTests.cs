using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>The real servers and observers that other tests lean on.</summary>
public sealed class ServiceTests(ServiceTests.TwoServersOneSite fixture) : WorldTest<ServiceTests.TwoServersOneSite>(fixture)
{
    public sealed class TwoServersOneSite : WorldFixture
    {
        protected override void Describe(WorldBuilder world)
        {
            world.Resolver = world.Server("dns");
            world.Server("srv1");
            world.Site("alice", Presets.Home, new SiteOptions { OrdinaryNat = true });
        }
    }

    private Host Device => World.Site("alice").Device;

    private Host Server => World.Host("srv1");

    [Fact]
    public async Task Ssh_runs_a_command_on_the_server()
    {
        SshServer ssh = await SshServer.StartAsync(Server);

        string said = await Device.RunAsync("ssh", ssh.Arguments($"{Server.Address}", "ip", "-o", "addr", "show", "dev", "eth0"));

        Assert.Contains($"{Server.Address}/", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_big_file_comes_whole_and_in_parts()
    {
        string folder = Directory.CreateDirectory(Path.Combine(World.LogFolder, "files")).FullName;
        string sum = await BigFile.WriteRandomAsync($"{folder}/big", 300 << 20);
        await using HttpFileServer web = await HttpFileServer.StartAsync(Server, folder);
        string url = $"http://{Server.Address}/big";
        long before = GC.GetTotalAllocatedBytes();

        await Device.RunAsync("curl", "-sf", "-o", $"{folder}/first", "-r", "0-99999999", url);
        await Device.RunAsync("curl", "-sf", "-o", $"{folder}/rest", "-r", "100000000-", url);
        await Device.ShellAsync($"cat {folder}/first {folder}/rest > {folder}/got");

        Assert.Equal(sum, await BigFile.Sha256Async($"{folder}/got"));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 100 << 20);
    }

    [Fact]
    public async Task Names_of_the_Internet_and_of_a_zone_resolve_in_the_LAN()
    {
        DaemonProcess zone = await DnsServer.StartAsync(Server, names: Names("device.zone.test", "198.18.0.7"));
        DaemonProcess root = await DnsServer.StartAsync(
            World.Host("dns"), Names("www.example", $"{Server.Address}"), zones: Names("zone.test", $"{Server.Address}"));
        DaemonProcess lan = await DnsServer.StartAsync(World.Site("alice").Router, upstream: World.Host("dns").Address);

        Assert.Equal($"{Server.Address}", (await Device.RunAsync("dig", "+short", "www.example")).Trim());
        Assert.Equal("198.18.0.7", (await Device.RunAsync("dig", "+short", "device.zone.test")).Trim());
        Assert.Contains("NXDOMAIN", await Device.RunAsync("dig", "nowhere.example"), StringComparison.Ordinal);

        await Task.WhenAll(zone.StopAsync(), root.StopAsync(), lan.StopAsync());
    }

    [Fact]
    public async Task A_capture_counts_packets_and_finds_bytes()
    {
        Place place = World.Site("alice").Uplink.Place;
        Capture capture = await Capture.StartAsync(place.Host, "wan");
        await Device.RunAsync("ping", "-c3", "-i0.01", "-p", "6e746d2d6c6162", $"{Server.Address}");
        await capture.StopAsync();

        Assert.Equal(6, await capture.CountPacketsAsync("icmp"));
        Assert.Equal(3, await capture.CountPacketsAsync($"icmp and src {place.WanAddress}"));
        Assert.Equal(0, await capture.CountPacketsAsync("udp"));
        Assert.True(await capture.ContainsBytesAsync("ntm-lab"u8.ToArray()));
        Assert.False(await capture.ContainsBytesAsync("ntm-lax"u8.ToArray()));
    }

    [Fact]
    public async Task A_daemon_is_killed_and_starts_again()
    {
        string path = Path.Combine(World.LogFolder, "echo");
        var spec = new ProcessSpec { Command = "socat", Arguments = [$"UNIX-LISTEN:{path},fork,unlink-early", "EXEC:cat"] };
        DaemonProcess daemon = await DaemonProcess.StartAsync(Server, spec, Readiness.UnixSocket(path));
        int first = daemon.Process.Id;

        await daemon.KillAsync();
        Assert.True(daemon.Process.HasExited);
        await daemon.RestartAsync();

        Assert.NotEqual(first, daemon.Process.Id);
        Assert.False(daemon.Process.HasExited);
    }

    [Fact]
    public async Task A_daemon_that_does_not_start_tells_what_it_said()
    {
        var spec = new ProcessSpec { Command = "sh", Arguments = ["-c", "echo the disk is full; exit 3"] };

        var failure = await Assert.ThrowsAsync<LabException>(() => DaemonProcess.StartAsync(Server, spec, Readiness.Line("ready")));

        Assert.Contains("the disk is full", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_inside_is_reached_through_the_forwarder()
    {
        string folder = Directory.CreateDirectory(Path.Combine(World.LogFolder, "page")).FullName;
        await File.WriteAllTextAsync($"{folder}/hello", "hello from inside");
        await using HttpFileServer web = await HttpFileServer.StartAsync(Server, folder, port: 8080);
        string socket = Path.Combine(World.LogFolder, "web.socket");
        await using Forwarder inside = Forwarder.Publish(Server, new(IPAddress.Loopback, 8080), socket);

        // Outside is a process that shares the file system only; here the device, which has no other way to that port.
        await using Forwarder outside = Device.RunInside(() => Forwarder.Open(new(IPAddress.Loopback, 18080), socket));

        Assert.Equal("hello from inside", await Device.RunAsync("curl", "-sf", "http://127.0.0.1:18080/hello"));
    }

    [Fact]
    public async Task Sockets_opened_inside_belong_to_the_host()
    {
        using Socket listener = Server.RunInside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(Server.Address, 7777));
        listener.Listen();
        Task<Socket> accepting = listener.AcceptAsync();

        await Device.ShellAsync($"echo hello | socat - TCP:{Server.Address}:7777");
        using Socket accepted = await accepting;
        byte[] bytes = new byte[16];
        int length = await accepted.ReceiveAsync(bytes);

        Assert.Equal("hello\n", Encoding.ASCII.GetString(bytes, 0, length));
        Assert.Equal(World.Site("alice").Uplink.Place.WanAddress, ((IPEndPoint)accepted.RemoteEndPoint!).Address);
    }

    private static Dictionary<string, IPAddress> Names(string name, string address) => new() { [name] = IPAddress.Parse(address) };
}
