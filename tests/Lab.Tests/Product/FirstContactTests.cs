using System.Globalization;
using System.Text.RegularExpressions;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>Routers as they are installed, far from one another or from the relay.</summary>
public sealed class FarWorld : ProductFixture
{
    /// <summary>Whom alice meets first; nobody has met them before.</summary>
    public static readonly string[] Strangers = ["bob", "carol", "dave", "erin", "frank"];

    public ProductRouter Alice => World["alice"];

    protected override string? RouterProgram => Binaries.NativeRouter;

    protected override void Describe(WorldBuilder world)
    {
        foreach (var name in (string[])["alice", .. Strangers])
        {
            world.Site(name, Presets.Home);
        }
    }

    protected override async Task StartAsync()
    {
        foreach (var router in World.Routers)
        {
            await router.ShareAsync(router.Site.Device, "box");
        }
    }

    public async Task ShapeAsync(LinkShape shape)
    {
        foreach (var place in World.Lab.Places)
        {
            await place.ShapeAsync(shape);
        }
    }
}

public sealed partial class FirstContactTests(FarWorld fixture, ITestOutputHelper output) : ProductTest<FarWorld>(fixture)
{
    private const int Interrupt = 2;
    private static readonly LinkShape Far = LinkShape.Both(TimeSpan.FromMilliseconds(25));
    private const double ServerRoundTripMs = 50;
    private const double PeerRoundTripMs = 100; // by the relay, and directly too
    private const double OwnMs = 20;

    [Fact]
    public async Task The_first_echo_comes_after_a_round_trip_to_the_direction_server_and_one_to_the_peer()
    {
        await Fixture.ShapeAsync(Far);
        var laptop = Fixture.Alice.Site.Device;
        var all = new List<double>();
        foreach (var name in FarWorld.Strangers)
        {
            var nanoseconds = await laptop.ShellAsync(
                $"s=$(date +%s%N); ping -n -c1 -W5 {Fixture.World[name].Name("box")} > /dev/null || exit 1; e=$(date +%s%N); echo $((e - s))");
            all.Add(double.Parse(nanoseconds, CultureInfo.InvariantCulture) / 1e6);
        }

        output.WriteLine($"first echo after {string.Join(", ", all.Select(ms => $"{ms:F0}"))} ms, ping's own start in it");
        Assert.InRange(all.Order().ElementAt(all.Count / 2), ServerRoundTripMs + PeerRoundTripMs, ServerRoundTripMs + PeerRoundTripMs + OwnMs);
    }

    [Fact]
    public async Task Packets_that_come_while_the_first_contact_is_made_stay_in_their_order()
    {
        await Fixture.ShapeAsync(Far);
        foreach (var name in FarWorld.Strangers[1..])
        {
            var pings = await Fixture.World["bob"].Site.Device.RunAsync("ping", "-n", "-i0.005", "-c150", Fixture.World[name].Name("box"));
            Assert.Equal(Enumerable.Range(1, 150), Answers(pings.Split('\n')));
        }
    }

    // The relay is 60 ms away from both, and the direct path takes nothing: what goes out directly could overtake much.
    [Fact]
    public async Task The_change_from_a_far_relay_to_the_direct_path_loses_and_disorders_nothing()
    {
        var (carol, dave) = (Fixture.World["carol"], Fixture.World["dave"]);
        var place = carol.Site.Uplink.Place;
        var relay = Fixture.World.ServerHost.Addresses[1];
        await Fixture.ShapeAsync(LinkShape.Both(TimeSpan.FromMilliseconds(30)) with { Only = relay });
        await place.BlockAddressAsync(dave.Site.Uplink.Place.WanAddress);
        var name = dave.Name("box");
        await carol.Site.Device.ReachesAsync(name);
        await Asking.UntilAsync("relayed", TimeSpan.FromSeconds(20), async () =>
            !await carol.IsDirectAsync("dave") && !await dave.IsDirectAsync("carol") && (await carol.Site.Device.PingAsync(name, 5)).Received == 5);

        await using var ping = carol.Site.Device.Start("ping", "-n", "-i0.004", "-w40", name);
        await ping.WaitForLineAsync("icmp_seq=50 ");
        await place.BlockAddressAsync(null);
        await Asking.UntilAsync("direct at both ends", TimeSpan.FromSeconds(35), async () =>
            await carol.IsDirectAsync("dave") && await dave.IsDirectAsync("carol"));
        var answeredByThen = Answers(ping.Lines).Length;
        await ping.WaitForLineAsync($"icmp_seq={answeredByThen + 200} ");
        ping.Signal(Interrupt);
        await ping.WaitForExitAsync();

        var answers = Answers(ping.Lines);
        Assert.Equal(Enumerable.Range(1, answers.Length), answers);
        var times = ping.Lines.Select(l => Time().Match(l)).Where(m => m.Success).Select(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).ToArray();
        Assert.InRange(times[..30].Min(), 110, 250);
        Assert.InRange(times[^30..].Min(), 0, 20);
        output.WriteLine($"{answers.Length} answers, none lost, none out of order; {answeredByThen} when the path was direct; {times[0]} and {times[^1]} ms");
    }

    private static int[] Answers(IEnumerable<string> lines) =>
        [.. lines.Select(l => Sequence().Match(l)).Where(m => m.Success).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"icmp_seq=(\d+) ttl")]
    private static partial Regex Sequence();

    [GeneratedRegex(@"time=([\d.]+) ms")]
    private static partial Regex Time();
}
