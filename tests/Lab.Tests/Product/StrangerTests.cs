using System.Net;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>bob shares a device with friend; mallory is registered with the same provider and in no group of bob's. Both asked their networks for addresses of their choice.</summary>
public sealed class StrangerWorld : ProductFixture
{
    public ProductRouter Bob => World["bob"];

    public ProductRouter Friend => World["friend"];

    public ProductRouter Mallory => World["mallory"];

    protected override string? RouterProgram => Binaries.NativeRouter;

    protected override IReadOnlyDictionary<string, string[]> Groups =>
        new Dictionary<string, string[]> { ["family"] = ["bob", "friend"], ["others"] = ["mallory"] };

    protected override void Describe(WorldBuilder world)
    {
        foreach (var name in (string[])["bob", "friend", "mallory"])
        {
            world.Site(name, Presets.Home);
        }

        world.Place(Presets.Home, "friends", new PlaceOptions { Inside = IPNetwork.Parse(StrangerTests.OfFriend) });
        world.Place(Presets.Home, "lair", new PlaceOptions { Inside = IPNetwork.Parse(StrangerTests.OfMallory) });
    }

    protected override async Task StartAsync()
    {
        await Bob.ShareAsync(Bob.Site.Device, "nas");
        await MoveAsync(Friend, "friends");
        await MoveAsync(Mallory, "lair");
    }

    // Until the DS knows the router there.
    private async Task MoveAsync(ProductRouter router, string to)
    {
        var place = World.Lab.Place(to);
        await router.Site.Uplink.ReplugAsync(place);
        await Asking.UntilAsync($"{router.Site.Name} is registered at {to}", TimeSpan.FromSeconds(30), async () =>
        {
            var status = await router.StatusAsync();
            var seen = status.GetProperty("uplinks")[0].GetProperty("publicEndpoint").GetString();
            return status.GetProperty("state").GetString() == "online" && seen?.StartsWith($"{place.WanAddress}:", StringComparison.Ordinal) == true;
        });
    }
}

public sealed class StrangerTests(StrangerWorld fixture) : ProductTest<StrangerWorld>(fixture)
{
    internal const string OfFriend = "10.99.1.0/24";
    internal const string OfMallory = "10.99.2.0/24";

    [Fact]
    public async Task A_stranger_makes_a_router_send_nothing_to_an_address_of_its_choice_and_learns_none()
    {
        var (bob, lab) = (Fixture.Bob, Fixture.World.Lab);
        var (friends, lair) = (lab.Place("friends").WanAddress, lab.Place("lair").WanAddress);
        var sent = await Capture.StartAsync(bob.Site.Router, "wan0");
        var heard = await Capture.StartAsync(Fixture.Mallory.Site.Router, "wan0");

        for (var times = 0; times < 3; times++)
        {
            Assert.Contains("NXDOMAIN", await Fixture.Mallory.Site.Device.DigAsync(bob.Name("nas")), StringComparison.Ordinal);
        }

        Assert.Equal((5, 5), await Fixture.Friend.Site.Device.PingAsync(bob.Name("nas"), 5));
        await Asking.UntilAsync("bob was asked for by the stranger", TimeSpan.FromSeconds(10), async () =>
            (await bob.NtmAsync("refusals", "--json")).Contains(Fixture.Mallory.FullName, StringComparison.Ordinal));
        await Task.Delay(3000, TestContext.Current.CancellationToken); // invitations of members are punched for that long
        await sent.StopAsync();
        await heard.StopAsync();

        Assert.Equal(0, await sent.CountPacketsAsync($"net {OfMallory} or host {lair}"));
        Assert.NotEqual(0, await sent.CountPacketsAsync($"dst net {OfFriend}")); // a member's addresses are tried, so the capture would have shown them
        Assert.NotEqual(0, await sent.CountPacketsAsync($"dst host {friends}"));

        var own = new[] { $"{bob.Site.Uplink.Address}", $"{bob.Site.Uplink.PublicAddress}" };
        Assert.Equal(0, await heard.CountPacketsAsync(string.Join(" or ", own.Select(address => $"host {address}"))));
        foreach (var command in (string[])["status", "sessions", "refusals"])
        {
            var known = await Fixture.Mallory.NtmAsync(command, "--json");
            Assert.All(own, address => Assert.DoesNotContain(address, known, StringComparison.Ordinal));
        }
    }
}
