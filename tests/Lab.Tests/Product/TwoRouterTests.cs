using System.Text;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>
/// alice behind a home NAT whose inside subnet is the LANs' own, bob behind a symmetric NAT, carol of another group behind a firewall. All LANs are
/// 192.168.8.0/24 and all first devices 192.168.8.100.
/// </summary>
public sealed class TwoRouters : ProductFixture
{
    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    public ProductRouter Carol => World["carol"];

    public Host Laptop => Alice.Site.Device;

    public Host Nas => Bob.Site.Device;

    public string NasName => Bob.Name("nas");

    protected override IReadOnlyDictionary<string, string[]> Groups =>
        new Dictionary<string, string[]> { ["family"] = ["alice", "bob"], ["others"] = ["carol"] };

    protected override void Describe(WorldBuilder world)
    {
        world.Place(Presets.Home, "home", new PlaceOptions { Inside = System.Net.IPNetwork.Parse("192.168.8.0/24") });
        world.Site("alice", Presets.Symmetric); // with bob always through the relay
        world.Site("bob", Presets.Symmetric, new SiteOptions { Devices = 2 });
        world.Site("carol", Presets.Firewall);
        world.Server("web");
    }

    protected override async Task StartAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(World.Lab.LogFolder, "www")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "hello"), "hello");
        await File.WriteAllTextAsync(Path.Combine(folder, "marked"), string.Concat(Enumerable.Repeat(TwoRouterTests.Marker, TwoRouterTests.MarkerCount)));
        foreach (var host in new[] { Laptop, Nas, Bob.Site.Devices[1], Carol.Site.Device, World.Lab.Host("web") })
        {
            await HttpFileServer.StartAsync(host, folder);
        }

        await HttpFileServer.StartAsync(Nas, folder, 8080);
        await Alice.ShareAsync(Laptop, "laptop", "tcp/80,icmp");
        await Bob.ShareAsync(Nas, "nas", "tcp/80,icmp");
        await Carol.ShareAsync(Carol.Site.Device, "box");
    }
}

public sealed class TwoRouterTests(TwoRouters fixture) : ProductTest<TwoRouters>(fixture)
{
    internal const int MarkerCount = 4000;
    internal const string Marker = "THE-QUICK-BROWN-MARKER-0123456789-";

    [Fact]
    public async Task Devices_with_the_same_address_reach_one_another_by_name_in_both_directions_at_once()
    {
        Assert.Equal(Fixture.Laptop.Address, Fixture.Nas.Address);
        var there = Fixture.Laptop.RunAsync("curl", "-sS", "--fail", "-m", "20", $"http://{Fixture.NasName}/hello");
        var back = Fixture.Nas.RunAsync("curl", "-sS", "--fail", "-m", "20", $"http://{Fixture.Alice.Name("laptop")}/hello");
        Assert.Equal("hello", await there);
        Assert.Equal("hello", await back);
        Assert.Equal((5, 5), await Fixture.Laptop.PingAsync(Fixture.NasName, 5));
        Assert.Equal((5, 5), await Fixture.Nas.PingAsync(Fixture.Alice.Name("laptop"), 5));
        var address = await Fixture.Laptop.ResolveAsync(Fixture.NasName);
        Assert.Equal($"{Fixture.NasName}.", (await Fixture.Laptop.RunAsync("dig", "+short", "-x", address)).Trim());
    }

    [Fact]
    public async Task A_port_that_is_not_shared_is_not_reachable()
    {
        var address = await Fixture.Laptop.ResolveAsync(Fixture.NasName);
        var result = await Fixture.Laptop.ExecAsync("curl", "-sS", "-m", "3", $"http://{address}:8080/hello");
        Assert.NotEqual(0, result.ExitCode);
    }

    [Fact]
    public async Task A_share_that_is_ended_is_out_of_reach_at_once_and_comes_back()
    {
        var address = await Fixture.Laptop.ResolveAsync(Fixture.NasName);
        Assert.Equal((3, 3), await Fixture.Laptop.PingAsync(address, 3));
        await Fixture.Bob.NtmAsync("unshare", "nas");
        Assert.Equal(0, (await Fixture.Laptop.PingAsync(address, 3)).Received);
        await Fixture.Bob.NtmAsync("share", "nas", "--ports", "tcp/80,icmp");
        await Fixture.Laptop.ResolveAsync(Fixture.NasName);
        Assert.Equal((3, 3), await Fixture.Laptop.PingAsync(address, 3));
    }

    [Fact]
    public async Task The_way_to_a_router_is_measured_on_request()
    {
        var answer = await Fixture.Alice.NtmJsonAsync("ping", Fixture.Bob.FullName);
        Assert.All(answer.GetProperty("roundTripsMs").EnumerateArray(), ms => Assert.InRange(ms.GetDouble(), 0, 1000));
        Assert.Equal("relay", answer.GetProperty("path").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_device_that_is_not_shared_has_no_name()
    {
        await Fixture.Bob.Site.Devices[1].ExecAsync("ping", "-c1", "-W1", "192.168.8.1");
        await Fixture.Bob.NtmAsync("devices", "name", "secret", Fixture.Bob.Site.Devices[1].Address.ToString());
        Assert.Contains("NXDOMAIN", await Fixture.Laptop.DigAsync(Fixture.Bob.Name("secret")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_router_of_another_group_is_refused_with_the_reason()
    {
        var name = Fixture.Carol.Name("box");
        var answer = await Fixture.Laptop.DigAsync(name);
        Assert.Contains("NXDOMAIN", answer, StringComparison.Ordinal);
        Assert.Contains("EDE: 18 (Prohibited)", answer, StringComparison.Ordinal);
        var refusals = await Fixture.Alice.NtmJsonAsync("refusals");
        Assert.Contains(refusals.EnumerateArray(), r => r.GetProperty("name").GetString() == name && r.GetProperty("reason").GetString() == "no-common-group");
    }

    [Fact]
    public async Task The_ordinary_Internet_of_the_LAN_is_untouched()
    {
        var web = Fixture.World.Lab.Host("web").Address;
        Assert.Equal("hello", await Fixture.Laptop.RunAsync("curl", "-sS", "--fail", "-m", "10", $"http://{web}/hello"));
        Assert.Equal((5, 5), await Fixture.Laptop.PingAsync(web.ToString(), 5));
        var direct = await Fixture.Laptop.RunAsync("dig", "+short", $"@{Fixture.World.ServerHost.Address}", $"ds.{ProductWorld.Zone}", "A");
        Assert.Equal(Fixture.World.ServerHost.Address.ToString(), direct.Trim());
    }

    [Fact]
    public async Task Nothing_that_is_sent_is_seen_on_the_way_and_two_equal_transfers_look_different()
    {
        var links = new List<Capture>();
        foreach (var (host, link) in new[]
        {
            (Fixture.Alice.Site.Router, "wan0"), (Fixture.Bob.Site.Router, "wan0"), (Fixture.World.ServerHost, "any"), (Fixture.World.Lab.Core, "any"),
        })
        {
            links.Add(await Capture.StartAsync(host, link));
        }

        await Fixture.Laptop.RunAsync("curl", "-sS", "--fail", "-m", "20", "-o", "/dev/null", $"http://{Fixture.NasName}/marked");
        await Fixture.Laptop.RunAsync("curl", "-sS", "--fail", "-m", "20", "-o", "/dev/null", $"http://{Fixture.NasName}/marked");
        foreach (var link in links)
        {
            await link.StopAsync();
            Assert.True(new FileInfo(link.File).Length > 2 * Marker.Length * MarkerCount, "the transfers were not captured whole");
            Assert.False(await link.ContainsBytesAsync(Encoding.ASCII.GetBytes(Marker)));
            Assert.False(await link.ContainsBytesAsync("nas.bob"u8.ToArray()), "the device's name crossed the network in clear");
        }

        Assert.True(await HasNoRepeatedBlockAsync(links[0].File));
    }

    // Any 32 bytes that occur twice in the payloads would show equal plaintexts as equal (headers are shorter than that).
    private static async Task<bool> HasNoRepeatedBlockAsync(string pcap)
    {
        var seen = new HashSet<UInt128>();
        var bytes = await File.ReadAllBytesAsync(pcap);
        const int ethernet = 14, ipUdp = 28, tunnel = 8;
        for (var at = 24; at + 16 <= bytes.Length;)
        {
            var length = BitConverter.ToInt32(bytes, at + 8);
            var content = at + 16 + ethernet + ipUdp + tunnel;
            if (length > 600 && bytes[at + 16 + ethernet + 9] == 17)
            {
                for (var block = content; block + 16 <= at + 16 + length; block += 16)
                {
                    if (!seen.Add(new UInt128(BitConverter.ToUInt64(bytes, block), BitConverter.ToUInt64(bytes, block + 8))))
                    {
                        return false;
                    }
                }
            }

            at += 16 + length;
        }

        return seen.Count > 1000;
    }
}
