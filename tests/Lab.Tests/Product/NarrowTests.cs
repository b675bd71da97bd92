using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>alice moves between places whose way to the Internet carries less than 1,500 bytes and never says so.</summary>
public sealed class NarrowWorld : ProductFixture
{
    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    public Host Laptop => Alice.Site.Device;

    public Host Nas => Bob.Site.Device;

    protected override void Describe(WorldBuilder world) => NarrowPaths.Describe(world);

    protected override Task StartAsync() => NarrowPaths.PrepareAsync(World);
}

public sealed class NarrowTests(NarrowWorld fixture, ITestOutputHelper output) : ProductTest<NarrowWorld>(fixture)
{
    public static TheoryData<int> Mtus => [.. NarrowPaths.Sizes];

    [Theory]
    [MemberData(nameof(Mtus))]
    public async Task A_file_crosses_a_narrow_path_that_tells_nobody_nearly_as_quickly_as_plain_tcp_where_everybody_is_told(int mtu)
    {
        var times = await NarrowPaths.MeasureAsync(Fixture.World, mtu);
        output.WriteLine($"MTU {mtu}: plain {times.Plain:F2} s, there {times.Up:F2} s, back {times.Down:F2} s ({times.Ratio:F2})");
        Assert.InRange(times.Ratio, 0.8, 2);
    }

    [Theory]
    [MemberData(nameof(Mtus))]
    public async Task What_every_ipv6_link_carries_passes_though_it_may_not_be_fragmented(int mtu)
    {
        var place = Fixture.World.Lab.Place(NarrowPaths.PlaceFor(mtu));
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
}
