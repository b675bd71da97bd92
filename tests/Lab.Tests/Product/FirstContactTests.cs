using System.Globalization;
using System.Text.RegularExpressions;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>Three routers, each 25 ms from the servers and 50 ms from one another.</summary>
public sealed class FarWorld : ProductFixture
{
    public static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(25);

    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    public ProductRouter Carol => World["carol"];

    protected override void Describe(WorldBuilder world)
    {
        foreach (var name in (string[])["alice", "bob", "carol"])
        {
            world.Site(name, Presets.Home);
        }
    }

    protected override async Task StartAsync()
    {
        foreach (var place in World.Lab.Places)
        {
            await place.ShapeAsync(LinkShape.Both(OneWay));
        }

        foreach (var router in World.Routers)
        {
            await router.ShareAsync(router.Site.Device, "box");
        }
    }
}

public sealed partial class FirstContactTests(FarWorld fixture, ITestOutputHelper output) : ProductTest<FarWorld>(fixture)
{
    private const int Interrupt = 2;

    private Host Laptop => Fixture.Alice.Site.Device;

    [Fact]
    public async Task The_first_echo_comes_a_few_round_trips_after_the_question()
    {
        var strange = await FirstEchoAsync(Fixture.Carol.Name("box")); // compiles what the next contact uses
        var first = await FirstEchoAsync(Fixture.Bob.Name("box"));
        output.WriteLine($"first echo after {first:F0} ms ({strange:F0} ms of the first contact at all); two round trips by way of the servers are 150 ms");
        Assert.InRange(first, 50, 1500);
    }

    [Fact]
    public async Task The_change_from_the_relay_to_the_direct_path_loses_and_disorders_nothing()
    {
        var (place, device, name) = (Fixture.World.Lab.Place("home2"), Fixture.Bob.Site.Device, Fixture.Carol.Name("box"));
        await place.BlockAddressAsync(Fixture.World.Lab.Place("home3").WanAddress);
        Assert.Equal((5, 5), await device.PingAsync(name, 5));
        Assert.False(await Fixture.Bob.IsDirectAsync("carol"));

        await using var ping = device.Start("ping", "-n", "-i0.01", "-w40", name);
        await ping.WaitForLineAsync("icmp_seq=20 ");
        await place.BlockAddressAsync(null);
        await Asking.UntilAsync("direct", TimeSpan.FromSeconds(35), () => Fixture.Bob.IsDirectAsync("carol"));
        var answeredByThen = ping.Lines.Count(Sequence().IsMatch);
        await ping.WaitForLineAsync($"icmp_seq={answeredByThen + 100} ");
        ping.Signal(Interrupt);
        await ping.WaitForExitAsync();

        var answers = ping.Lines.Select(l => Sequence().Match(l)).Where(m => m.Success)
            .Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(Enumerable.Range(1, answers.Length), answers);
        output.WriteLine($"{answers.Length} answers, none lost, none out of order; {answeredByThen} when the path was direct");
    }

    // Milliseconds from the question to the DNS to the answer of the device.
    private async Task<double> FirstEchoAsync(string name)
    {
        var nanoseconds = await Laptop.ShellAsync($"s=$(date +%s%N); ping -n -c1 -W5 {name} > /dev/null || exit 1; e=$(date +%s%N); echo $((e - s))");
        return double.Parse(nanoseconds, CultureInfo.InvariantCulture) / 1e6;
    }

    [GeneratedRegex(@"icmp_seq=(\d+) ttl")]
    private static partial Regex Sequence();
}
