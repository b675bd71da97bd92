using System.Globalization;
using System.Text.Json;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>Ordinary web servers and name servers, which know nothing of all this, directly and through the RS.</summary>
public sealed class OrdinaryWorld : ProductFixture
{
    public const int FileSize = 16 << 20;

    public ProductRouter Alice => World["alice"];

    public Host Web => World.Lab.Host("web");

    public string Url => $"http://{Web.Address}/big";

    protected override bool Egress => true;

    protected override void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.Home);
        world.Place(Presets.Home, "cafe");
        world.Place(Presets.Cloud, "street");
        world.Place(Presets.Symmetric, "train");
        world.Server("web");
    }

    protected override async Task StartAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(World.Lab.LogFolder, "www")).FullName;
        await BigFile.WriteRandomAsync(Path.Combine(folder, "big"), FileSize);
        await File.WriteAllTextAsync(Path.Combine(folder, "small"), "hello");
        await HttpFileServer.StartAsync(Web, folder);
        await DnsServer.StartAsync(Alice.Site.Router, upstream: World.ServerHost.Address);
        await Alice.Site.Device.ExecAsync("ping", "-c1", "-W1", Alice.Site.LanAddress.ToString());
        await Alice.NtmAsync("devices", "name", "laptop", Alice.Site.Device.Address.ToString());
    }
}

public sealed class OrdinaryTests(OrdinaryWorld fixture, ITestOutputHelper output) : ProductTest<OrdinaryWorld>(fixture)
{
    private Host Laptop => Fixture.Alice.Site.Device;

    [Fact]
    public async Task A_download_through_the_relay_server_goes_on_over_three_moves()
    {
        await RelayAsync();
        var server = Fixture.World.ServerHost.Address;
        var capture = await Capture.StartAsync(Fixture.Web, "eth0", "tcp port 80");
        var download = Laptop.ExecAsync(
            TimeSpan.FromMinutes(2), "curl", "-sS", "--limit-rate", "3M", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", Fixture.Url);
        foreach (var place in new[] { "cafe", "street", "train" })
        {
            await MoreAsync(download);
            await Fixture.Alice.Site.Uplink.ReplugAsync(Fixture.World.Lab.Place(place));
        }

        await MoreAsync(download);
        var result = await download;
        Assert.Equal($"200 {OrdinaryWorld.FileSize}", result.Output.Trim());
        await capture.StopAsync();
        Assert.True(await capture.CountPacketsAsync($"src host {server}") > 0);
        Assert.Equal(0, await capture.CountPacketsAsync($"not host {server}"));
        output.WriteLine(await Fixture.Alice.NtmAsync("internet"));
    }

    [Fact]
    public async Task Echo_and_name_queries_go_through_the_relay_server_too()
    {
        await RelayAsync();
        var capture = await Capture.StartAsync(Fixture.Alice.Site.Router, "wan0", $"port 53 or icmp or host {Fixture.Web.Address}");
        Assert.Equal((3, 3), await Laptop.PingAsync(Fixture.Web.Address.ToString(), 3));
        Assert.Equal(1, (await Laptop.ExecAsync("ping", "-n", "-c1", "-W3", "-s", "3000", "-M", "dont", Fixture.Web.Address.ToString())).Output.Split('\n').Count(l => l.Contains("3008 bytes from", StringComparison.Ordinal)));
        Assert.Equal(Fixture.World.ServerHost.Address.ToString(), (await Laptop.RunAsync("dig", "+short", $"ds.{ProductWorld.Zone}", "A")).Trim());
        Assert.Equal(Fixture.World.ServerHost.Address.ToString(), (await Laptop.RunAsync("dig", "+tcp", "+short", $"ds.{ProductWorld.Zone}", "A")).Trim());
        await capture.StopAsync();
        Assert.Equal(0, await capture.CountPacketsAsync());
    }

    [Fact]
    public async Task What_must_be_relayed_does_not_leave_in_clear_while_the_router_is_dead()
    {
        await RelayAsync();
        var capture = await Capture.StartAsync(Fixture.Alice.Site.Router, "wan0", $"port 53 or host {Fixture.Web.Address}");
        await Fixture.Alice.Process.KillAsync();
        Assert.NotEqual(0, (await Laptop.ExecAsync("curl", "-sS", "-m", "2", Fixture.Url)).ExitCode);
        Assert.NotEqual(0, (await Laptop.ExecAsync("ping", "-n", "-c2", "-i0.2", "-W1", Fixture.Web.Address.ToString())).ExitCode);
        Assert.NotEqual(0, (await Laptop.ExecAsync("dig", "+tries=1", "+time=1", $"ds.{ProductWorld.Zone}", "A")).ExitCode);
        await capture.StopAsync();
        Assert.Equal(0, await capture.CountPacketsAsync());

        await Fixture.Alice.Process.RestartAsync();
        await Asking.UntilAsync("the relay server takes packets again", TimeSpan.FromSeconds(30), IsReadyAsync);
        Assert.Equal("hello", await SmallAsync());
    }

    [Fact]
    public async Task Directly_not_a_byte_is_at_the_relay_server_and_auto_follows_the_moves()
    {
        await ForgetAsync();
        var before = await EgressAsync();
        Assert.Equal("hello", await SmallAsync());
        await Fixture.Alice.NtmAsync("internet", "direct", "--device", "laptop");
        Assert.Equal("hello", await SmallAsync());
        var after = await EgressAsync();
        Assert.All(["packetsOut", "bytesOut", "packetsIn", "bytesIn"], count =>
            Assert.Equal(before.GetProperty(count).GetInt64(), after.GetProperty(count).GetInt64()));

        await Fixture.Alice.NtmAsync("internet", "auto");
        await Fixture.Alice.NtmAsync("internet", "forget", (await RuleAsync()).GetProperty("id").GetString()!);
        await Fixture.Alice.Site.Uplink.RenumberAsync();
        await Asking.UntilAsync("the move is noticed", TimeSpan.FromSeconds(30), async () =>
            (await Fixture.Alice.NtmJsonAsync("internet")).GetProperty("autoRelays").GetBoolean() && await IsReadyAsync());
        Assert.Equal("hello", await SmallAsync());
        Assert.True(await BytesInAsync() > before.GetProperty("bytesIn").GetInt64());
    }

    // Sets the rule anew for each test, and waits until it can work.
    private async Task RelayAsync()
    {
        await ForgetAsync();
        await Fixture.Alice.NtmAsync("internet", "relay", "--device", "laptop");
        await Asking.UntilAsync("a relay server takes packets", TimeSpan.FromSeconds(30), IsReadyAsync);
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

    private async Task<JsonElement> EgressAsync() => (await Fixture.World.ServerStatusAsync()).GetProperty("rs").GetProperty("egress");

    private async Task<long> BytesInAsync() => (await EgressAsync()).GetProperty("bytesIn").GetInt64();

    private Task<string> SmallAsync() =>
        Laptop.RunAsync("curl", "-sS", "-m", "20", string.Create(CultureInfo.InvariantCulture, $"http://{Fixture.Web.Address}/small"));

    // Until another megabyte has come.
    private async Task MoreAsync(Task<ExecResult> download)
    {
        var before = await BytesInAsync();
        await Asking.UntilAsync("the download goes on", TimeSpan.FromSeconds(60), async () =>
            download.IsCompleted || await BytesInAsync() > before + (1 << 20));
    }
}
