using System.Net;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>A device that its owner publishes, and hosts outside that know nothing of all this: they ask an ordinary resolver.</summary>
public sealed class PublishedWorld : ProductFixture
{
    public const int ClosedPort = 8081;

    public ProductRouter Alice => World["alice"];

    public Host Nas => Alice.Site.Devices[0];

    public Host Outside => World.Lab.Host("outside");

    public SshServer Ssh { get; private set; } = null!;

    protected override IReadOnlyDictionary<string, string[]> Groups => new Dictionary<string, string[]> { ["family"] = ["alice"], ["strangers"] = ["dora"] };

    protected override bool Egress => true;

    protected override int PublicAddresses => 1;

    protected override void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.Symmetric, new SiteOptions { Devices = 2 });
        world.Site("dora", Presets.Cloud, new SiteOptions { Lan6 = IPNetwork.Parse("fd00:8::/64") });
        world.Place(Presets.Home, "cafe");
        world.Place(Presets.Cloud, "street");
        world.Server("outside");
        world.Server("resolver");
    }

    protected override async Task StartAsync()
    {
        await World.Lab.Place("cafe").SetMtuAsync(1280, sendErrors: false); // less than 1,280 is left inside
        var resolver = World.Lab.Host("resolver");
        await DnsServer.StartAsync(resolver, zones: new Dictionary<string, IPAddress> { [ProductWorld.Zone] = World.ServerHost.Address });
        PlannedHost.SetResolver(Outside.Name, resolver.Address);
        var folder = Directory.CreateDirectory(Path.Combine(World.Lab.LogFolder, "www")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "page"), "the nas");
        foreach (var port in new[] { 80, ClosedPort })
        {
            await HttpFileServer.StartAsync(Nas, folder, port);
        }

        Ssh = await SshServer.StartAsync(Nas);
        foreach (var (device, label) in Alice.Site.Devices.Zip(["nas", "printer"]))
        {
            await device.ExecAsync("ping", "-c1", "-W1", Alice.Site.LanAddress.ToString());
            await Alice.NtmAsync("devices", "name", label, device.Address.ToString());
        }

        await Alice.NtmAsync("share", "printer");
    }
}

public sealed class PublishedTests(PublishedWorld fixture, ITestOutputHelper output) : ProductTest<PublishedWorld>(fixture)
{
    private static readonly IPNetwork StandIns = IPNetwork.Parse("198.19.192.0/18");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private string Name => Fixture.Alice.Name("nas");

    private IPAddress Public => Fixture.World.PublicAddresses[0];

    [Fact]
    public async Task A_host_on_the_Internet_opens_page_and_shell_by_name_and_nothing_else()
    {
        await Fixture.Alice.Site.Router.ExecAsync("dotnet", Binaries.Cli, "unpublish", "nas", "--socket", Fixture.Alice.ControlSocket); // of another test
        Assert.Contains("status: NXDOMAIN", await Fixture.Outside.DigAsync(Fixture.Alice.Name("unheard-of")), StringComparison.Ordinal);
        Assert.DoesNotContain(Public.ToString(), await Fixture.Outside.DigAsync(Fixture.Alice.Name("printer")), StringComparison.Ordinal);
        await IsGoneAsync();
        output.WriteLine(await PublishAsync("tcp/80,tcp/22"));
        var seen = await Capture.StartAsync(Fixture.Nas, "eth0", "tcp port 80 or icmp");
        var clear = await Capture.StartAsync(Fixture.Alice.Site.Router, "wan0", $"host {Fixture.Outside.Address}");
        Assert.Equal("the nas", await CurlAsync("/page"));
        Assert.Equal("inside", (await Fixture.Outside.RunAsync("ssh", ["-4", .. Fixture.Ssh.Arguments(Name, "echo", "inside")])).Trim());
        Assert.NotEqual(0, (await Fixture.Outside.ExecAsync("curl", "-4", "-sS", "-m", "3", $"http://{Name}:{PublishedWorld.ClosedPort}/page")).ExitCode);
        await Fixture.Outside.ExecAsync("ping", "-n", "-c1", "-W1", Public.ToString());
        await Task.WhenAll(seen.StopAsync(), clear.StopAsync());
        Assert.True(await seen.CountPacketsAsync($"src host {Fixture.Outside.Address}") > 0);
        Assert.Equal(0, await seen.CountPacketsAsync($"icmp or not host {Fixture.Outside.Address}"));
        Assert.Equal(0, await clear.CountPacketsAsync());
    }

    [Fact]
    public async Task The_pool_behind_the_relay_server_is_closed_to_whoever_knows_its_addresses()
    {
        await PublishAsync("tcp/80");
        Assert.Equal("the nas", await CurlAsync("/page"));
        await Fixture.World.Lab.Core.IpAsync($"route add 100.72.0.0/16 via {Fixture.World.ServerHost.Address}");
        var seen = await Capture.StartAsync(Fixture.Nas, "eth0", $"host {Fixture.Outside.Address}");
        for (var last = 1; last <= 3; last++)
        {
            await Fixture.Outside.ExecAsync("curl", "-sS", "-m", "1", $"http://100.72.0.{last}/page");
        }

        await seen.StopAsync();
        Assert.Equal(0, await seen.CountPacketsAsync());
    }

    [Fact]
    public async Task Connections_from_outside_over_both_IP_versions_go_on_over_two_moves()
    {
        const int port = 8090;
        await PublishAsync($"tcp/80,tcp/{port}-{port + 1}");
        await using var web = await EndlessDownload.StartAsync(Fixture.Nas, port);
        await using var web6 = await EndlessDownload.StartAsync(Fixture.Nas, port + 1);
        FileInfo[] files = [.. new[] { "download4", "download6" }.Select(name => new FileInfo(Path.Combine(Fixture.World.Lab.LogFolder, name)))];
        Task<ExecResult>[] downloads = [DownloadAsync(files[0], port), DownloadAsync(files[1], port + 1, "-6")];
        foreach (var place in new[] { "cafe", "street" })
        {
            await Task.WhenAll(downloads.Zip(files, MoreAsync));
            await Fixture.Alice.Site.Uplink.ReplugAsync(Fixture.World.Lab.Place(place));
        }

        await Task.WhenAll(downloads.Zip(files, MoreAsync));
        string[] sent = [await web.EndAsync(), await web6.EndAsync()];
        foreach (var (download, file, hash) in downloads.Zip(files, sent))
        {
            Assert.Equal("200", (await download).Output.Trim());
            Assert.Equal(hash, await BigFile.Sha256Async(file.FullName));
        }

        Assert.Equal([Fixture.Outside.Address], web.Clients);
        Assert.True(StandIns.Contains(Assert.Single(web6.Clients)), $"{web6.Clients[0]}");
    }

    [Fact]
    public async Task A_host_with_IPv6_opens_page_and_shell_at_an_address_of_the_devices_own_and_nothing_else()
    {
        await Fixture.Alice.Site.Router.ExecAsync("dotnet", Binaries.Cli, "unpublish", "nas", "--socket", Fixture.Alice.ControlSocket); // of another test
        await Asking.UntilAsync("the name is gone", Patience, async () => (await DigAsync("AAAA", "nas")).Length == 0);
        output.WriteLine(await PublishAsync("tcp/80,tcp/22"));
        var address = IPAddress.Parse(await DigAsync("AAAA", "nas"));
        Assert.True(IPNetwork.Parse(ProductWorld.PublicPrefix6).Contains(address), $"{address}");
        Assert.DoesNotContain("2001:db8:5:", await DigAsync("AAAA", "printer"), StringComparison.Ordinal);
        var seen = await Capture.StartAsync(Fixture.Nas, "eth0", "tcp or udp port 80 or icmp");
        Assert.Equal("the nas", await CurlAsync("/page", "-6"));
        Assert.Equal("inside", (await Fixture.Outside.RunAsync("ssh", ["-6", .. Fixture.Ssh.Arguments(Name, "echo", "inside")])).Trim());
        Assert.NotEqual(0, (await Fixture.Outside.ExecAsync("curl", "-6", "-sS", "-m", "2", $"http://{Name}:{PublishedWorld.ClosedPort}/page")).ExitCode);
        Assert.NotEqual(0, (await Fixture.Outside.ExecAsync("curl", "-sS", "-m", "1", $"http://[{Next(address)}]/page")).ExitCode);
        await Fixture.Outside.ExecAsync("ping", "-n", "-c1", "-W1", $"{address}");
        await seen.StopAsync();
        Assert.True(await seen.CountPacketsAsync($"src net {StandIns}") > 0);
        Assert.Equal(0, await seen.CountPacketsAsync($"not net {StandIns} or port {PublishedWorld.ClosedPort} or icmp"));
    }

    [Fact]
    public async Task A_device_that_has_IPv6_itself_is_reached_over_both_versions_too()
    {
        const int port = 8088;
        var (dora, folder) = (Fixture.World["dora"], Directory.CreateDirectory(Path.Combine(Fixture.World.Lab.LogFolder, "desk")).FullName);
        await File.WriteAllTextAsync(Path.Combine(folder, "page"), "the desk", TestContext.Current.CancellationToken);
        await HttpFileServer.StartAsync(dora.Site.Device, folder, port);
        await dora.ShareAsync(dora.Site.Device, "desk"); // known by both addresses
        await dora.NtmAsync("publish", "desk", "--ports", $"tcp/{port}");
        foreach (var version in new[] { "-4", "-6" })
        {
            Assert.Equal("the desk", await Fixture.Outside.RunAsync("curl", version, "-sS", "-m", "10", $"http://{dora.Name("desk")}:{port}/page"));
        }
    }

    private static IPAddress Next(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        bytes[^1] ^= 1;
        return new IPAddress(bytes);
    }

    // Of the DS itself: a resolver remembers for a while.
    private async Task<string> DigAsync(string type, string label) =>
        (await Fixture.Outside.RunAsync("dig", "+short", $"@{Fixture.World.ServerHost.Address}", Fixture.Alice.Name(label), type)).Trim();

    [Fact]
    public async Task After_the_end_the_name_is_gone_running_connections_stop_and_the_policy_of_the_device_does_not_matter()
    {
        const int port = 8082;
        await Fixture.Alice.NtmAsync("internet", "relay", "--device", "nas");
        await PublishAsync($"tcp/80,tcp/{port}");
        await using var web = await EndlessDownload.StartAsync(Fixture.Nas, port);
        var file = new FileInfo(Path.Combine(Fixture.World.Lab.LogFolder, "ended"));
        var download = DownloadAsync(file, port);
        await MoreAsync(download, file);
        await Fixture.Alice.NtmAsync("unpublish", "nas");
        await Fixture.Alice.NtmAsync("internet", "forget", await RuleIdAsync());
        await IsGoneAsync();
        var before = Length(file);
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        Assert.InRange(Length(file), before, before + (256 << 10)); // what was under way
        Assert.NotEqual(0, (await Fixture.Outside.ExecAsync("curl", "-sS", "-m", "2", $"http://{Public}/page")).ExitCode);
        Assert.DoesNotContain("published", await Fixture.Alice.NtmAsync("devices"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_relay_server_has_no_room_for_is_told_and_not_kept()
    {
        await PublishAsync("tcp/80");
        var refused = await Fixture.Alice.Site.Router.ExecAsync(
            "dotnet", Binaries.Cli, "publish", "printer", "--ports", "tcp/80", "--socket", Fixture.Alice.ControlSocket);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("taken at every public address", refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("printer", await PublishedAsync(), StringComparison.Ordinal);
        Assert.Contains("is published", await Fixture.Alice.NtmAsync("publish", "printer", "--ports", "tcp/631"), StringComparison.Ordinal);
        await Fixture.Alice.NtmAsync("unpublish", "printer");
    }

    [Fact]
    public async Task A_LAN_of_another_router_without_a_common_group_is_outside_too()
    {
        await PublishAsync("tcp/80");
        var device = Fixture.World["dora"].Site.Device;
        Assert.Equal("the nas", await device.RunAsync("curl", "-sS", "-m", "10", $"http://{Name}/page"));
        Assert.Contains("status: NXDOMAIN", await device.DigAsync(Fixture.Alice.Name("printer")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_relay_servers_packet_filter_refuses_is_told_and_not_kept()
    {
        await PublishAsync("tcp/80");
        var server = Fixture.World.ServerHost;
        var rules = await server.RunAsync("nft", "--stateless", "--terse", "list", "table", "ip", "ntm_rs");
        await server.RunAsync("nft", "delete", "table", "ip", "ntm_rs");
        var refused = await Fixture.Alice.Site.Router.ExecAsync(
            "dotnet", Binaries.Cli, "publish", "printer", "--ports", "tcp/631", "--socket", Fixture.Alice.ControlSocket);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("refused to open the ports", refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("printer", await PublishedAsync(), StringComparison.Ordinal);
        var file = Path.Combine(Fixture.World.Lab.LogFolder, "rules");
        await File.WriteAllTextAsync(file, rules, TestContext.Current.CancellationToken);
        await server.RunAsync("nft", "-f", file);
        Assert.Contains("is published", await Fixture.Alice.NtmAsync("publish", "printer", "--ports", "tcp/631"), StringComparison.Ordinal);
        await Fixture.Alice.NtmAsync("unpublish", "printer");
        Assert.Equal("the nas", await CurlAsync("/page"));
    }

    private Task<string> PublishAsync(string ports) => Fixture.Alice.NtmAsync("publish", "nas", "--ports", ports);

    private async Task<string> PublishedAsync() =>
        string.Concat((await Fixture.Alice.NtmAsync("devices")).Split('\n').Where(l => l.Contains("published", StringComparison.Ordinal)));

    private async Task<string> RuleIdAsync() =>
        (await Fixture.Alice.NtmJsonAsync("internet")).GetProperty("rules")[0].GetProperty("id").GetString()!;

    // Of the DS itself: a resolver remembers for a while.
    private Task IsGoneAsync() => Asking.UntilAsync("the name is gone", Patience, async () =>
        (await Fixture.Outside.RunAsync("dig", $"@{Fixture.World.ServerHost.Address}", Name, "A")).Contains("status: NXDOMAIN", StringComparison.Ordinal));

    private Task<string> CurlAsync(string path, string version = "-4") => Fixture.Outside.RunAsync("curl", version, "-sS", "-m", "10", $"http://{Name}{path}");

    private Task<ExecResult> DownloadAsync(FileInfo file, int port, string version = "-4") => Fixture.Outside.ExecAsync(
        TimeSpan.FromMinutes(2), "curl", version, "-sS", "-N", "-m", "60", "-o", file.FullName, "-w", "%{http_code}", $"http://{Name}:{port}/");

    // Until another megabyte has come.
    private static async Task MoreAsync(Task<ExecResult> download, FileInfo file)
    {
        var enough = Length(file) + (1 << 20);
        await Asking.UntilAsync("the download goes on", Patience, () => Task.FromResult(download.IsCompleted || Length(file) > enough));
        Assert.False(download.IsCompleted, "the download has ended");
    }

    private static long Length(FileInfo file)
    {
        file.Refresh();
        return file.Exists ? file.Length : 0;
    }
}
