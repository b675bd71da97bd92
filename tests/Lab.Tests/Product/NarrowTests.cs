using System.Diagnostics;
using System.Net;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>alice moves between places whose way to the Internet carries less than 1,500 bytes and never says so.</summary>
public sealed class NarrowWorld : ProductFixture
{
    public const int FileBytes = 1 << 20;

    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    public Host Laptop => Alice.Site.Device;

    public Host Nas => Bob.Site.Device;

    public Host Web => World.Lab.Host("web");

    public static string PlaceFor(int mtu) => $"mtu{mtu}";

    protected override void Describe(WorldBuilder world)
    {
        var lan6 = IPNetwork.Parse("fd00:8::/64");
        world.Site("alice", Presets.Home, new SiteOptions { Lan6 = lan6 });
        world.Site("bob", Presets.Home, new SiteOptions { Lan6 = lan6 });
        foreach (var mtu in NarrowTests.Sizes)
        {
            world.Place(Presets.Home, PlaceFor(mtu));
        }

        world.Server("web");
    }

    protected override async Task StartAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(World.Lab.LogFolder, "www")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "file"), new byte[FileBytes]);
        foreach (var host in new[] { Laptop, Nas, Web })
        {
            await HttpFileServer.StartAsync(host, folder);
        }

        await Alice.ShareAsync(Laptop, "laptop");
        await Bob.ShareAsync(Nas, "nas");
    }
}

public sealed class NarrowTests(NarrowWorld fixture, ITestOutputHelper output) : ProductTest<NarrowWorld>(fixture)
{
    // Slow enough that the transfer's time is that of its bytes.
    private const long Rate = 10_000_000;

    internal static readonly int[] Sizes = [1280, 1124, 576];

    public static TheoryData<int> Mtus => [.. Sizes];

    [Theory]
    [MemberData(nameof(Mtus))]
    public async Task A_file_crosses_a_narrow_path_that_tells_nobody_nearly_as_quickly_as_plain_tcp_where_everybody_is_told(int mtu)
    {
        var place = Fixture.World.Lab.Place(NarrowWorld.PlaceFor(mtu));
        await place.SetMtuAsync(mtu, sendErrors: true);
        await place.ShapeAsync(LinkShape.Both(TimeSpan.FromMilliseconds(5), rate: Rate));
        await Fixture.Alice.Site.Uplink.ReplugAsync(place);
        var plain = await FetchAsync(Fixture.Laptop, Fixture.Web.Address.ToString());
        await place.SetMtuAsync(mtu, sendErrors: false);
        await Fixture.Laptop.ReachesAsync(Fixture.Bob.Name("nas"));
        Assert.Equal((20, 20), await Fixture.Laptop.PingAsync(Fixture.Bob.Name("nas"), 20)); // the path's size is known behind it

        var down = await FetchAsync(Fixture.Laptop, Fixture.Bob.Name("nas"));
        var up = await FetchAsync(Fixture.Nas, Fixture.Alice.Name("laptop"));

        output.WriteLine($"MTU {mtu}: plain {plain:F2} s, there {up:F2} s ({plain / up:F2}), back {down:F2} s ({plain / down:F2})");
        Assert.InRange(plain / Math.Max(down, up), 0.8, 2);
    }

    [Theory]
    [MemberData(nameof(Mtus))]
    public async Task What_every_ipv6_link_carries_passes_though_it_may_not_be_fragmented(int mtu)
    {
        var place = Fixture.World.Lab.Place(NarrowWorld.PlaceFor(mtu));
        await place.SetMtuAsync(mtu, sendErrors: false);
        await Fixture.Alice.Site.Uplink.ReplugAsync(place);
        var nas = await Fixture.Laptop.ResolveAsync(Fixture.Bob.Name("nas"));
        await Fixture.Laptop.ReachesAsync(nas);
        Assert.Equal((20, 20), await Fixture.Laptop.PingAsync(nas, 20));

        foreach (var (version, payload) in new[] { ("-4", 1280 - 28), ("-6", 1280 - 48) })
        {
            var pings = await Fixture.Laptop.RunAsync(
                "ping", version, "-n", "-c5", "-i0.2", "-W3", "-M", "do", "-s", $"{payload}", Fixture.Bob.Name("nas"));
            Assert.Contains(" 5 received", pings, StringComparison.Ordinal);
        }

        await using (Fixture.Nas.Start("socat", "-b", "8192", "UDP6-RECVFROM:7000,fork,ipv6only=0", "EXEC:cat"))
        {
            // As QUIC's first datagrams: 1,200 bytes that nobody may fragment (RFC 9000 §14.1).
            foreach (var version in (string[])["UDP4", "UDP6"])
            {
                var may = version == "UDP4" ? ",ip-mtu-discover=2" : "";
                await Asking.UntilAsync($"1,200 bytes come back by {version}", TimeSpan.FromSeconds(20), async () => (await Fixture.Laptop.ShellAsync(
                    $"head -c 1200 /dev/zero | timeout 3 socat -b 8192 -t 0.5 - {version}:{Fixture.Bob.Name("nas")}:7000{may} | wc -c")).Trim() == "1200");
            }
        }

        await Fixture.Laptop.RunAsync("ping", "-n", "-c5", "-i0.2", "-W3", "-M", "dont", "-s", "8000", nas);
        var refused = await Fixture.Laptop.ExecAsync("ping", "-n", "-c2", "-i0.2", "-W1", "-M", "do", "-s", $"{1400 - 28}", nas);
        Assert.Contains("1280", refused.Output + refused.Errors, StringComparison.OrdinalIgnoreCase);
    }

    // Seconds that a device needs for the whole file.
    private static async Task<double> FetchAsync(Host device, string from)
    {
        var clock = Stopwatch.StartNew();
        await device.RunAsync("curl", "-sS", "--fail", "-m", "20", "-o", "/dev/null", $"http://{from}/file");
        return clock.Elapsed.TotalSeconds;
    }
}
