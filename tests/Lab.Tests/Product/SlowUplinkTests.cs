using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using NTMobile.Lab.Product;
using NTMobile.Lab.Tests.Laboratory;

namespace NTMobile.Lab.Tests.Product;

/// <summary>alice's uplink is as slow as a modem's and has a long queue of its own; two of her devices send all that they can.</summary>
public sealed class SlowUplinkWorld : ProductFixture
{
    public const int Megabits = 10;

    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    protected override void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.Home, new SiteOptions { Devices = 3 });
        world.Site("bob", Presets.Home, new SiteOptions { Devices = 2 });
    }

    protected override async Task StartAsync()
    {
        await Bob.ShareAsync(Bob.Site.Devices[0], "nas");
        await Bob.ShareAsync(Bob.Site.Devices[1], "desk");
        foreach (var device in Bob.Site.Devices)
        {
            await Iperf3.ServeAsync(device);
        }

        await Alice.Site.Router.RunAsync(
            "tc", "qdisc", "replace", "dev", Alice.Site.Uplink.Interface, "root", "tbf", "rate", $"{Megabits}mbit", "burst", "16kb", "limit", "2mb");
        foreach (var device in Alice.Site.Devices)
        {
            await device.ReachesAsync(Bob.Name("nas"));
        }
    }
}

/// <summary>Who fills the uplink must leave room for others: nobody waits behind all that somebody else has to send.</summary>
public sealed partial class SlowUplinkTests(SlowUplinkWorld fixture, ITestOutputHelper output) : ProductTest<SlowUplinkWorld>(fixture)
{
    // CUBIC is what most devices use; it fills every buffer that it finds. After this time it has filled 2.5 s of an unmanaged one.
    private static readonly string[] Greedy = ["-C", "cubic"];
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan Filling = TimeSpan.FromSeconds(9);

    private IReadOnlyList<Host> Devices => Fixture.Alice.Site.Devices;

    [Fact]
    public async Task Two_uploads_share_the_uplink_and_others_hardly_wait()
    {
        var nas = IPAddress.Parse(await Devices[0].ResolveAsync(Fixture.Bob.Name("nas")));
        var first = Iperf3.TcpAsync(Devices[0], nas, Length, Greedy);
        var second = Iperf3.TcpAsync(Devices[1], Fixture.Bob.Name("desk"), Length, Greedy);
        await Task.Delay(Filling, TestContext.Current.CancellationToken);

        var other = await RoundTripsAsync(Devices[2]);
        var same = await RoundTripsAsync(Devices[0]);
        var connects = 0;
        for (var i = 0; i < 5; i++)
        {
            connects += await Devices[0].ConnectsAsync(new IPEndPoint(nas, 5201)) ? 1 : 0;
        }

        double[] shares = [(await first).MegabitsPerSecond, (await second).MegabitsPerSecond];
        output.WriteLine(
            $"uploads {shares[0]:F1} and {shares[1]:F1} Mb/s; pings of another device {other[10]:F0} ms (most {other[^1]:F0}), of the same {same[10]:F0} ms; "
            + $"{connects} of 5 connections of the same two devices within 1 s");
        Assert.Equal((20, 20), (other.Length, same.Length));
        Assert.InRange(Math.Max(other[10], same[10]), 0, 250);
        Assert.Equal(5, connects);
        Assert.True(shares.Sum() > 0.75 * SlowUplinkWorld.Megabits && shares.Min() > 0.15 * shares.Sum());
    }

    // Times of 20 pings in ms, ascending; what was not answered is missing.
    private async Task<double[]> RoundTripsAsync(Host device)
    {
        var pings = await device.RunAsync("ping", "-n", "-i", "0.1", "-c", "20", "-W", "3", Fixture.Bob.Name("nas"));
        return [.. Time().Matches(pings).Select(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).Order()];
    }

    [GeneratedRegex("time=([0-9.]+) ms")]
    private static partial Regex Time();
}
