using System.Net;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>alice's devices speak IPv4 alone, bob's IPv6 alone, carol's both. Bob's and carol's LAN have the same IPv6 prefix.</summary>
public sealed class Ipv6LanWorld : ProductFixture
{
    public const int FileBytes = 1 << 20;

    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    public ProductRouter Carol => World["carol"];

    public IEnumerable<(ProductRouter Router, Host Device)> All => World.Routers.Select(r => (r, r.Site.Device));

    protected override void Describe(WorldBuilder world)
    {
        var lan6 = IPNetwork.Parse("fd00:8::/64");
        world.Site("alice", Presets.Home);
        world.Site("bob", Presets.Home, new SiteOptions { Lan6 = lan6, DevicesHaveIpv4 = false, Devices = 2 });
        world.Site("carol", Presets.Cloud, new SiteOptions { Lan6 = lan6 });
    }

    protected override async Task StartAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(World.Lab.LogFolder, "www")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "file"), new byte[FileBytes]);
        foreach (var (router, device) in All)
        {
            await HttpFileServer.StartAsync(device, folder);
            await router.ShareAsync(device, "box");
        }

        await Bob.ShareAsync(Bob.Site.Devices[1], "lamp");
    }
}

public sealed class Ipv6LanTests(Ipv6LanWorld fixture) : ProductTest<Ipv6LanWorld>(fixture)
{
    public static TheoryData<string, string, string> Pairs => new()
    {
        { "alice", "bob", "4" },
        { "bob", "alice", "6" },
        { "bob", "carol", "6" },
        { "carol", "bob", "6" },
        { "carol", "alice", "6" },
        { "carol", "alice", "4" },
    };

    [Fact]
    public async Task A_device_that_bypasses_its_router_for_names_gets_through_by_the_public_address_record()
    {
        var (device, name) = (Fixture.Carol.Site.Device, Fixture.Bob.Name("lamp"));
        var address = string.Empty;
        await Asking.UntilAsync("the DS knows the lamp", TimeSpan.FromSeconds(20), async () => // over TCP, which the router lets pass
            (address = (await device.RunAsync("dig", "+tcp", "+short", $"@{Fixture.World.ServerHost.Address}", name, "AAAA")).Trim()).Length > 0);
        Assert.StartsWith("fd4e:54", address, StringComparison.Ordinal);
        Assert.Equal((3, 3), await device.PingAsync(address, 3));
        Assert.Equal(0, (await device.PingAsync("fd4e:5400::1", 1)).Received);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_device_reaches_another_by_name_whichever_ip_versions_they_have(string from, string to, string version)
    {
        var (device, other) = (Fixture.World[from].Site.Device, Fixture.World[to].Site.Device);
        var name = Fixture.World[to].Name("box");
        Assert.Contains(" 5 received", await device.RunAsync("ping", $"-{version}", "-n", "-c5", "-i0.2", "-W3", name), StringComparison.Ordinal);
        var got = await device.RunAsync(
            "curl", $"-{version}", "-sS", "--fail", "-m", "30", "-o", "/dev/null", "-w", "%{size_download}", $"http://{name}/file");
        Assert.Equal($"{Ipv6LanWorld.FileBytes}", got);

        // Datagrams: small, and such as have to be fragmented.
        await using var echo = other.Start("socat", "UDP6-RECVFROM:7000,fork,ipv6only=0", "EXEC:cat");
        foreach (var size in new[] { 100, 1400, 4000 })
        {
            await Asking.UntilAsync($"{size} bytes come back", TimeSpan.FromSeconds(20), async () => (await device.ShellAsync(
                $"head -c {size} /dev/zero | timeout 3 socat -b 8192 -t 0.3 - UDP{version}:{name}:7000 | wc -c")).Trim() == $"{size}");
        }
    }
}
