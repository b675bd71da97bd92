using Microsoft.Playwright;
using NTMobile.Lab.Product;
using NTMobile.Web.Tests;

namespace NTMobile.Lab.Tests.Product;

/// <summary>alice's page as her laptop's browser shows it: Chromium runs in the laptop's namespace and knows the router by its LAN address.</summary>
public sealed class PageWorld : ProductFixture
{
    private Chromium? _chromium;

    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    public ProductRouter Carol => World["carol"];

    public Host Laptop => Alice.Site.Device;

    public Chromium Chromium => _chromium ?? throw new InvalidOperationException("the browser has not been started");

    protected override IReadOnlyDictionary<string, string[]> Groups =>
        new Dictionary<string, string[]> { ["family"] = ["alice", "bob"], ["others"] = ["carol"] };

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    protected override void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.Home);
        world.Site("bob", Presets.Home);
        world.Site("carol", Presets.Cloud);
        world.Place(Presets.Symmetric, "train");
    }

    protected override async Task StartAsync()
    {
        var program = Path.Combine(World.Lab.LogFolder, "chromium-in-laptop");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec ip netns exec {Laptop.Name} /usr/bin/chromium \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var starting = Chromium.StartAsync(program);
        await Bob.ShareAsync(Bob.Site.Device, "nas", "icmp,tcp/22");
        await Carol.ShareAsync(Carol.Site.Device, "box", "icmp");
        _chromium = await starting;
    }
}

public sealed class PageTests(PageWorld fixture, ITestOutputHelper output) : ProductTest<PageWorld>(fixture)
{
    private const string Password = "a calm grey bag";

    // Set: every step leaves a picture in that folder, for people to look at.
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("NTM_SHOTS");

    private Uri Page => new($"http://{Fixture.Alice.Web.Address}/");

    [Fact]
    public async Task The_page_of_a_real_router_tells_what_happens()
    {
        var story = new BrowserStory(await Fixture.Chromium.OpenAsync(Page));
        var complaints = new List<string>();
        story.Tab.Console += (_, message) => complaints.Add(message.Text);
        story.Tab.PageError += (_, error) => complaints.Add(error);
        await ShootAsync(story, "first");
        await story.SetFirstPasswordAsync(Password);

        await SeeUplinkAsync(story, Fixture.Alice.Site.Uplink.Place, "An ordinary NAT in front");
        await ShareAsync(story);
        await MoveAsync(story);
        await SeeRefusalAsync(story);
        await SeeJapaneseAsync(story);

        Assert.Equal("", await story.StrayTextAsync());
        var visitor = new BrowserStory(await Fixture.Chromium.OpenAsync(Page));
        await visitor.HeadingAsync("Log in");
        await visitor.LogInAsync(Password);
        await visitor.HeadingAsync(Fixture.Alice.FullName);
        Assert.Empty(complaints);
    }

    private async Task SeeUplinkAsync(BrowserStory story, Place place, string nat)
    {
        await story.GoAsync("Overview");
        await story.HeadingAsync(Fixture.Alice.FullName);
        await Assertions.Expect(story.Tab.Locator(".hero-state")).ToContainTextAsync("Online");
        var card = story.Tab.Locator(".uplink").Filter(new() { HasText = "wan0" });
        await Assertions.Expect(card).ToContainTextAsync($"{Fixture.Alice.Site.Uplink.Address}/24");
        await Assertions.Expect(card).ToContainTextAsync($"{place.WanAddress}:");
        await Assertions.Expect(card).ToContainTextAsync(nat);
        await ShootAsync(story, $"overview-{place.Name}");
    }

    private async Task ShareAsync(BrowserStory story)
    {
        await story.NameDeviceAsync(Fixture.Laptop.Address.ToString(), "laptop");
        await story.ShareAsync("laptop", "SSH", "icmp");
        await Assertions.Expect(story.Tab.Locator("#device-laptop")).ToContainTextAsync(Fixture.Alice.Name("laptop"));
        await ShootAsync(story, "devices");
        Assert.Equal((2, 2), await Fixture.Bob.Site.Device.PingAsync(Fixture.Alice.Name("laptop"), 2));
    }

    private async Task MoveAsync(BrowserStory story)
    {
        var name = Fixture.Bob.Name("nas");
        Assert.Equal((2, 2), await Fixture.Laptop.PingAsync(name, 2));
        await story.SeeSessionAsync(Fixture.Bob.FullName);
        var card = story.Session(Fixture.Bob.FullName);
        await Assertions.Expect(card.Locator(".path-direct")).ToBeVisibleAsync();
        await Assertions.Expect(card.Locator(".contexts")).ToContainTextAsync(name);
        await ShootAsync(story, "session-direct");

        var pinging = Fixture.Laptop.PingAsync(name, 60, 0.1);
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        var train = Fixture.World.Lab.Place("train");
        await Fixture.Alice.Site.Uplink.ReplugAsync(train);
        var moves = card.Locator(".moves");
        await Assertions.Expect(moves).ToContainTextAsync("our address changed, direct wan0", new() { Timeout = 10_000 });
        await Assertions.Expect(moves).ToContainTextAsync(new System.Text.RegularExpressions.Regex("→ (relay|direct) wan0")); // the relay, until many probes have found a way
        await Assertions.Expect(moves).ToContainTextAsync(new System.Text.RegularExpressions.Regex(@"Gap [0-9,.]+\sm?s, (nothing|at most)"));
        await Assertions.Expect(card.Locator(".gaps rect.bar-gap")).ToHaveCountAsync(1);
        var (sent, received) = await pinging;
        output.WriteLine($"{sent - received} of {sent} echoes lost; {await moves.Locator("p").First.InnerTextAsync()}");
        Assert.InRange(sent - received, 0, 20);
        await card.GetByText("Details").ClickAsync();
        await card.GetByText("The move in figures").ClickAsync();
        await ShootAsync(story, "session-moved");
        await SeeUplinkAsync(story, train, "A strict NAT in front");
    }

    private async Task SeeRefusalAsync(BrowserStory story)
    {
        var name = Fixture.Carol.Name("box");
        await Fixture.Laptop.DigAsync(name);
        await story.GoAsync("People");
        var refusal = story.Tab.Locator("#refusals li").First;
        await Assertions.Expect(refusal).ToContainTextAsync("No group in common");
        await Assertions.Expect(refusal).ToContainTextAsync($"laptop asked for {name}");
        await Assertions.Expect(story.Tab.Locator("#groups")).ToContainTextAsync("family");
        var peer = story.Tab.Locator("#peers li").Filter(new() { HasText = Fixture.Bob.Name("nas") });
        await peer.GetByRole(AriaRole.Button, new() { Name = "Ping" }).ClickAsync();
        await Assertions.Expect(peer.Locator(".ping")).ToContainTextAsync(new System.Text.RegularExpressions.Regex("relay|direct"));
        await ShootAsync(story, "people");
    }

    private async Task SeeJapaneseAsync(BrowserStory story)
    {
        await story.SwitchToJapaneseAsync();
        await Assertions.Expect(story.Tab.Locator("#refusals")).ToContainTextAsync("共通のグループがない");
        await ShootAsync(story, "people-ja");
        foreach (var view in new[] { "overview", "devices", "sessions" })
        {
            await story.Tab.Locator($"nav a[href='#{view}']").ClickAsync();
            await story.Tab.Locator("#title").WaitForAsync();
            await ShootAsync(story, $"{view}-ja");
        }

        await Assertions.Expect(story.Session(Fixture.Bob.FullName)).ToContainTextAsync("自分のアドレスの変化");
    }

    private static async Task ShootAsync(BrowserStory story, string name)
    {
        if (Pictures is not null)
        {
            await story.Tab.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
        }
    }
}
