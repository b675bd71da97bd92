using System.Globalization;
using System.Text.RegularExpressions;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>The shaper's figures, measured by ordinary tools.</summary>
public sealed partial class ShapingTests(ShapingTests.OneHome fixture) : WorldTest<ShapingTests.OneHome>(fixture), IAsyncLifetime
{
    public sealed class OneHome : WorldFixture
    {
        protected override void Describe(WorldBuilder world)
        {
            world.Server("srv1");
            world.Site("alice", Presets.Home, new SiteOptions { OrdinaryNat = true });
        }

        protected override Task StartAsync() => Iperf3.ServeAsync(World.Host("srv1"));
    }

    // ms. Measured on a quiet machine: 0.1 to 0.5; a busy one adds the scheduler's own delays.
    private const double MostSurplus = 5;
    private static readonly TimeSpan TwoSeconds = TimeSpan.FromSeconds(2);

    private Host Device => World.Site("alice").Device;

    private Place Place => World.Site("alice").Uplink.Place;

    private string Server => World.Host("srv1").Address.ToString();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await Place.ShapeAsync(LinkShape.None);

    [Theory]
    [InlineData(25, 0)]
    [InlineData(25, 25)]
    [InlineData(0, 5)]
    public async Task A_delay_is_the_delay_and_little_more(int up, int down)
    {
        await Place.ShapeAsync(new() { DelayUp = TimeSpan.FromMilliseconds(up), DelayDown = TimeSpan.FromMilliseconds(down) });

        double roundTrip = await MedianPingAsync();

        Assert.InRange(roundTrip, up + down, up + down + MostSurplus);
    }

    [Fact]
    public async Task A_delayed_link_still_carries_hundreds_of_megabits_of_TCP()
    {
        await Place.ShapeAsync(new() { DelayUp = TimeSpan.FromMilliseconds(25) });

        Throughput flow = await Iperf3.TcpAsync(Device, Server, TimeSpan.FromSeconds(4), "-O", "1");

        TestContext.Current.TestOutputHelper?.WriteLine($"{flow.MegabitsPerSecond:0} Mb/s, {flow.Retransmits} retransmits");
        Assert.InRange(flow.MegabitsPerSecond, 100, 100_000);
    }

    [Fact]
    public async Task A_rate_is_kept_in_both_directions()
    {
        await Place.ShapeAsync(new() { RateUp = 20_000_000, RateDown = 50_000_000 });

        Throughput up = await Iperf3.TcpAsync(Device, Server, TwoSeconds, "-O", "1");
        Throughput down = await Iperf3.TcpAsync(Device, Server, TwoSeconds, "-O", "1", "-R");

        // The limit is strict; a machine that stands still for a moment costs TCP more than that moment.
        Assert.InRange(up.MegabitsPerSecond, 8, 20.5);
        Assert.InRange(down.MegabitsPerSecond, 20, 51);
    }

    [Fact]
    public async Task A_loss_is_the_share_that_is_lost()
    {
        const int Sent = 2000;
        await Place.ShapeAsync(new() { LossUp = 0.1 });

        ExecResult said = await Device.ExecAsync("ping", "-q", "-c", $"{Sent}", "-i0.001", "-W1", Server);

        int received = int.Parse(Received().Match(said.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(1 - ((double)received / Sent), 0.07, 0.13);
    }

    [Fact]
    public async Task Without_a_shape_nothing_is_added()
    {
        await Place.ShapeAsync(LinkShape.Both(TimeSpan.FromMilliseconds(50), loss: 0.5, rate: 1_000_000));
        await Place.ShapeAsync(LinkShape.None);

        Assert.InRange(await MedianPingAsync(), 0, 1);
    }

    private async Task<double> MedianPingAsync()
    {
        string said = await Device.RunAsync("ping", "-c21", "-i0.02", "-W2", Server);
        double[] times = [.. PingTime().Matches(said).Select(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))];
        return times.Order().ElementAt(times.Length / 2);
    }

    [GeneratedRegex(@"time=([\d.]+) ms")]
    private static partial Regex PingTime();

    [GeneratedRegex(@"(\d+) received")]
    private static partial Regex Received();
}
