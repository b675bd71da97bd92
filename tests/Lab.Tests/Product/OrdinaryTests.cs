using System.Globalization;
using System.Net;
using System.Text.Json;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>Ordinary web servers and name servers, which know nothing of all this, directly and through the RS.</summary>
public sealed class OrdinaryWorld : ProductFixture
{
    /// <summary>A second port of the web server, for one test alone.</summary>
    public const int DirectPort = 8081;

    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    public Host Web => World.Lab.Host("web");

    protected override bool Egress => true;

    protected override void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.Home, new SiteOptions { Lan6 = IPNetwork.Parse("fd00:8::/64") });
        world.Site("bob", Presets.Home);
        world.Place(Presets.Home, "cafe");
        world.Place(Presets.Cloud, "street");
        world.Place(Presets.Symmetric, "train");
        world.Server("web");
    }

    protected override async Task StartAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(World.Lab.LogFolder, "www")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "small"), "hello");
        await HttpFileServer.StartAsync(Web, folder);
        await HttpFileServer.StartAsync(Web, folder, DirectPort);
        await DnsServer.StartAsync(Alice.Site.Router, upstream: World.ServerHost.Address);
        await Bob.ShareAsync(Bob.Site.Device, "nas", "icmp");
        await Alice.Site.Device.ExecAsync("ping", "-c1", "-W1", Alice.Site.LanAddress.ToString());
        await Alice.NtmAsync("devices", "name", "laptop", Alice.Site.Device.Address.ToString());
    }
}

public sealed class OrdinaryTests(OrdinaryWorld fixture, ITestOutputHelper output) : ProductTest<OrdinaryWorld>(fixture)
{
    // A quiet machine needs a second or two for each.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private Host Laptop => Fixture.Alice.Site.Device;

    [Fact]
    public async Task A_download_through_the_relay_server_goes_on_over_three_moves()
    {
        const int port = 8080;
        await RelayAsync();
        var server = Fixture.World.ServerHost.Address;
        await using var web = await EndlessDownload.StartAsync(Fixture.Web, port);
        var capture = await Capture.StartAsync(Fixture.Web, "eth0", $"tcp port {port}");
        var file = new FileInfo(Path.Combine(Fixture.World.Lab.LogFolder, "download"));
        var download = Laptop.ExecAsync(
            TimeSpan.FromMinutes(3), "curl", "-sS", "-N", "-o", file.FullName, "-w", "%{http_code}", $"http://{Fixture.Web.Address}:{port}/");
        foreach (var place in new[] { "cafe", "street", "train" })
        {
            await download.GoesOnAsync(file);
            await Fixture.Alice.Site.Uplink.ReplugAsync(Fixture.World.Lab.Place(place));
        }

        await download.GoesOnAsync(file);
        var sent = await web.EndAsync();
        Assert.Equal("200", (await download).Output.Trim());
        Assert.Equal(sent, await BigFile.Sha256Async(file.FullName));
        Assert.Equal([server], web.Clients);
        await capture.StopAsync();
        Assert.True(await capture.CountPacketsAsync($"src host {server}") > 0);
        Assert.Equal(0, await capture.CountPacketsAsync($"not host {server}"));
        output.WriteLine(await Fixture.Alice.NtmAsync("internet"));
    }

    [Fact]
    public async Task Where_UDP_is_blocked_the_relay_server_takes_packets_over_TCP()
    {
        await RelayAsync();
        var place = Fixture.Alice.Site.Uplink.Place;
        await place.BlockUdpAsync(true);
        try
        {
            await Asking.UntilAsync("the relay server over TCP", Patience, () => IsOverTcpAsync(true));
            Assert.Equal("hello", await SmallAsync());
        }
        finally
        {
            await place.BlockUdpAsync(false);
        }

        await Asking.UntilAsync("the relay server over UDP", Patience, () => IsOverTcpAsync(false));
        Assert.Equal("hello", await SmallAsync());
    }

    [Fact]
    public async Task Echo_and_name_queries_go_through_the_relay_server_too()
    {
        await RelayAsync();
        var capture = await Capture.StartAsync(Fixture.Alice.Site.Router, "wan0", $"port 53 or host {Fixture.Web.Address}");
        Assert.Equal((3, 3), await Laptop.PingAsync(Fixture.Web.Address.ToString(), 3));
        Assert.Equal(1, (await Laptop.ExecAsync("ping", "-n", "-c1", "-W3", "-s", "3000", "-M", "dont", Fixture.Web.Address.ToString())).Output.Split('\n').Count(l => l.Contains("3008 bytes from", StringComparison.Ordinal)));
        Assert.Equal(Fixture.World.ServerHost.Address.ToString(), (await Laptop.RunAsync("dig", "+short", $"ds.{ProductWorld.Zone}", "A")).Trim());
        Assert.Equal(Fixture.World.ServerHost.Address.ToString(), (await Laptop.RunAsync("dig", "+tcp", "+short", $"ds.{ProductWorld.Zone}", "A")).Trim());
        await capture.StopAsync();
        Assert.Equal(0, await capture.CountPacketsAsync());
    }

    [Theory]
    [InlineData("-4")]
    [InlineData("-6")]
    public async Task Shared_devices_are_reached_as_ever(string version)
    {
        await RelayAsync();
        Assert.Contains(" 3 received", await Laptop.RunAsync("ping", version, "-n", "-c3", "-i0.2", "-W3", Fixture.Bob.Name("nas")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_must_be_relayed_does_not_leave_in_clear_while_the_router_is_dead()
    {
        await RelayAsync();
        var capture = await Capture.StartAsync(Fixture.Alice.Site.Router, "wan0", $"port 53 or host {Fixture.Web.Address}");
        await Fixture.Alice.Process.KillAsync();
        Assert.NotEqual(0, (await Laptop.ExecAsync("curl", "-sS", "-m", "2", Url())).ExitCode);
        Assert.NotEqual(0, (await Laptop.ExecAsync("ping", "-n", "-c2", "-i0.2", "-W1", Fixture.Web.Address.ToString())).ExitCode);
        Assert.NotEqual(0, (await Laptop.ExecAsync("dig", "+tries=1", "+time=1", $"ds.{ProductWorld.Zone}", "A")).ExitCode);
        await capture.StopAsync();
        Assert.Equal(0, await capture.CountPacketsAsync());

        await Fixture.Alice.Process.RestartAsync();
        await Asking.UntilAsync("the relay server takes packets again", Patience, IsReadyAsync);
        Assert.Equal("hello", await SmallAsync());
    }

    [Fact]
    public async Task Directly_nothing_touches_the_relay_server_and_auto_follows_the_moves()
    {
        await ForgetAsync();
        var server = Fixture.World.ServerHost;
        var (atServer, atWeb) = (
            await Capture.StartAsync(server, "eth0", $"port {OrdinaryWorld.DirectPort}"),
            await Capture.StartAsync(Fixture.Web, "eth0", $"port {OrdinaryWorld.DirectPort}"));
        Assert.Equal("hello", await SmallAsync(OrdinaryWorld.DirectPort)); // no rule
        await Fixture.Alice.NtmAsync("internet", "direct", "--device", "laptop");
        Assert.Equal("hello", await SmallAsync(OrdinaryWorld.DirectPort));
        await Task.WhenAll(atServer.StopAsync(), atWeb.StopAsync());
        Assert.Equal(0, await atServer.CountPacketsAsync());
        Assert.Equal(0, await atWeb.CountPacketsAsync($"host {server.Address}"));
        Assert.True(await atWeb.CountPacketsAsync($"src host {Fixture.Alice.Site.Uplink.PublicAddress}") > 0);

        var before = await BytesInAsync();
        await Fixture.Alice.NtmAsync("internet", "auto");
        await Fixture.Alice.NtmAsync("internet", "forget", (await RuleAsync()).GetProperty("id").GetString()!);
        await Fixture.Alice.Site.Uplink.RenumberAsync();
        await Asking.UntilAsync("the move is noticed", Patience, async () =>
            (await Fixture.Alice.NtmJsonAsync("internet")).GetProperty("autoRelays").GetBoolean() && await IsReadyAsync());
        Assert.Equal("hello", await SmallAsync());
        Assert.True(await BytesInAsync() > before);
    }

    // Sets the rule anew for each test, and waits until it can work.
    private async Task RelayAsync()
    {
        await ForgetAsync();
        await Fixture.Alice.NtmAsync("internet", "relay", "--device", "laptop");
        await Asking.UntilAsync("a relay server takes packets", Patience, IsReadyAsync);
    }

    private async Task ForgetAsync()
    {
        var policy = await Fixture.Alice.NtmJsonAsync("internet");
        foreach (var rule in policy.GetProperty("rules").EnumerateArray())
        {
            await Fixture.Alice.NtmAsync("internet", "forget", rule.GetProperty("id").GetString()!);
        }
    }

    private async Task<bool> IsReadyAsync() =>
        (await Fixture.Alice.NtmJsonAsync("internet")).GetProperty("relay").ValueKind == JsonValueKind.String;

    private async Task<JsonElement> RuleAsync() => (await Fixture.Alice.NtmJsonAsync("internet")).GetProperty("rules")[0];

    private async Task<bool> IsOverTcpAsync(bool wanted) =>
        (await Fixture.Alice.NtmJsonAsync("status")).GetProperty("relays")[0].GetProperty("endpoint").GetString()!
            .EndsWith("/tcp", StringComparison.Ordinal) == wanted;

    private async Task<long> BytesInAsync() =>
        (await Fixture.World.ServerStatusAsync()).GetProperty("rs").GetProperty("egress").GetProperty("bytesIn").GetInt64();

    private string Url(int port = 80) => string.Create(CultureInfo.InvariantCulture, $"http://{Fixture.Web.Address}:{port}/small");

    private Task<string> SmallAsync(int port = 80) => Laptop.RunAsync("curl", "-sS", "-m", "20", Url(port));
}
