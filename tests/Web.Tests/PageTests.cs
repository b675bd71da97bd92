using Microsoft.Playwright;
using NTMobile.Control;
using NTMobile.Control.Tests.Memory;
using Xunit;

namespace NTMobile.Web.Tests;

public sealed class ChromiumFixture : IAsyncLifetime
{
    public Chromium Chromium { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Chromium = await Chromium.StartAsync();

    public ValueTask DisposeAsync() => Chromium.DisposeAsync();
}

/// <summary>The page in a real browser over a router in memory.</summary>
public sealed class PageTests(ChromiumFixture fixture) : IClassFixture<ChromiumFixture>
{
    private const string Password = "a calm grey bag";

    [Fact]
    public async Task The_first_visit_sets_the_password_and_later_visits_need_it()
    {
        await using var world = await ApiWorld.StartAsync();
        var story = new BrowserStory(await fixture.Chromium.OpenAsync(world.Page));
        await story.SetFirstPasswordAsync(Password);
        await story.HeadingAsync("bag.example.net");
        await story.LogOutAsync();

        var other = new BrowserStory(await fixture.Chromium.OpenAsync(world.Page));
        await other.HeadingAsync("Log in");
        await other.LogInAsync(Password);
        await other.HeadingAsync("bag.example.net");
    }

    [Fact]
    public async Task Wrong_passwords_are_slowed_and_the_page_counts_down()
    {
        await using var world = await ApiWorld.StartAsync();
        await new BrowserStory(await fixture.Chromium.OpenAsync(world.Page)).SetFirstPasswordAsync(Password);
        var story = new BrowserStory(await fixture.Chromium.OpenAsync(world.Page));
        var go = story.Tab.GetByRole(AriaRole.Button, new() { Name = "Log in" });
        for (var tries = 0; tries < 4; tries++)
        {
            await Assertions.Expect(go).ToBeEnabledAsync();
            await story.TryLogInAsync("not the password");
            await Assertions.Expect(story.Tab.GetByRole(AriaRole.Alert)).ToContainTextAsync(tries < 2 ? "That is not the password." : "Too many tries.");
        }

        await Assertions.Expect(go).ToBeDisabledAsync();
        await Assertions.Expect(go).ToBeEnabledAsync();
        await story.LogInAsync(Password);
    }

    [Fact]
    public async Task The_session_list_is_live()
    {
        await using var world = await ApiWorld.StartAsync();
        var story = await EnterAsync(world);
        Assert.Equal("direct", await story.SeeSessionAsync("home.example.net"));
        Assert.Equal("relay", await story.SeeSessionAsync("van.example.net"));

        world.Router.Update(s => s with { Sessions = [s.Sessions[0] with { State = SessionState.Moving, Path = null }, s.Sessions[1]] });
        await Assertions.Expect(story.Session("home.example.net")).ToContainTextAsync("Moving");
        var moved = new Move(TimeProvider.System.GetUtcNow(), MoveCauses.LocalAddress, 143, 5, "direct wlan0", "relay wwan0");
        world.Router.Update(s => s with
        {
            Sessions = [Snapshots.HomeSession(moved.At) with { Path = Snapshots.VanSession(moved.At).Path, Moves = [moved] }],
        });
        await Assertions.Expect(story.Session("home.example.net")).ToContainTextAsync("Gap 143 ms, at most 5 packets lost.");
        await Assertions.Expect(story.Session("home.example.net").Locator(".path-relay")).ToBeVisibleAsync();
        await Assertions.Expect(story.Session("van.example.net")).ToHaveCountAsync(0);
        await Assertions.Expect(story.Session("home.example.net").Locator(".gaps rect")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Rates_follow_the_counters()
    {
        await using var world = await ApiWorld.StartAsync();
        var story = await EnterAsync(world);
        await story.GoAsync("Sessions");
        using var stop = new CancellationTokenSource();
        var life = DemoHost.LiveAsync(world.Router, stop.Token);
        var rate = story.Session("home.example.net").Locator(".rate-in b");
        await Assertions.Expect(rate).ToContainTextAsync("Mb/s");
        await stop.CancelAsync();
        await life;
        await Assertions.Expect(rate).ToHaveTextAsync("0 kb/s", new() { Timeout = 10_000 });
    }

    [Fact]
    public async Task A_device_is_named_and_shared_and_the_share_is_ended()
    {
        await using var world = await ApiWorld.StartAsync();
        var story = await EnterAsync(world);
        await story.NameDeviceAsync("192.168.8.23", "laptop");
        await story.ShareAsync("laptop", "SSH", "udp/5000-5010");
        await Assertions.Expect(story.Tab.Locator("body > #toasts")).ToContainTextAsync("laptop is shared");
        Assert.Equal("", await story.StrayTextAsync());
        var share = Assert.Single((await world.Router.GetSnapshotAsync(default)).Shares, s => s.Device == "laptop");
        Assert.Equal("tcp/22,udp/5000-5010", share.Ports);
        Assert.Null(share.Group);

        await story.Tab.Locator("#device-laptop").GetByRole(AriaRole.Button, new() { Name = "End sharing" }).ClickAsync();
        await Assertions.Expect(story.Tab.Locator("#device-laptop")).ToContainTextAsync("nobody outside can reach it");
    }

    [Fact]
    public async Task A_device_is_published_with_a_warning_a_refusal_is_said_and_it_ends()
    {
        await using var world = await ApiWorld.StartAsync();
        var story = await EnterAsync(world);
        await story.GoAsync("Devices");
        var card = story.Tab.Locator("#device-nas");
        await Assertions.Expect(card).ToContainTextAsync("203.0.113.20");
        await card.GetByRole(AriaRole.Button, new() { Name = "Publish …" }).ClickAsync();
        var dialog = story.Tab.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync("Everybody on the Internet can then reach these ports");
        Assert.Equal(0, await dialog.GetByLabel("Everything").CountAsync());
        await dialog.GetByLabel("Other ports").FillAsync("tcp/9999");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        await Assertions.Expect(dialog).ToContainTextAsync("one of these ports is taken");
        await dialog.GetByLabel("Other ports").FillAsync("");
        await dialog.GetByLabel("SSH").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        await Assertions.Expect(story.Tab.Locator("body > #toasts")).ToContainTextAsync("nas is published");
        Assert.Equal("", await story.StrayTextAsync());
        Assert.Equal("tcp/22", Assert.Single((await world.Router.GetSnapshotAsync(default)).Published).Ports);

        await card.GetByRole(AriaRole.Button, new() { Name = "Publish nas no longer" }).ClickAsync();
        await Assertions.Expect(card).Not.ToContainTextAsync("everybody on the Internet");
    }

    [Fact]
    public async Task A_rule_for_the_ordinary_Internet_is_set_and_forgotten_and_a_missing_relay_server_is_said()
    {
        await using var world = await ApiWorld.StartAsync();
        var story = await EnterAsync(world);
        await story.GoAsync("Devices");
        var rules = story.Tab.Locator("#internet");
        await rules.GetByRole(AriaRole.Button, new() { Name = "Add a rule" }).ClickAsync();
        var dialog = story.Tab.GetByRole(AriaRole.Dialog);
        await dialog.Locator("select[name=device]").SelectOptionAsync("camera");
        await dialog.GetByLabel("Destination").FillAsync("198.51.100.7");
        await dialog.GetByLabel("Direct").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Set the rule" }).ClickAsync();
        var rule = rules.Locator("li").Filter(new() { HasText = "camera" });
        await Assertions.Expect(rule).ToContainTextAsync("to 198.51.100.7");
        await Assertions.Expect(rules).ToContainTextAsync("automatic means the relay server now");
        var set = Assert.Single((await world.Router.GetSnapshotAsync(default)).Internet.Rules, r => r.Device == "camera");
        Assert.Equal(("198.51.100.7", InternetWay.Direct), (set.Destination, set.Way));

        await rule.GetByRole(AriaRole.Button, new() { Name = "Forget the rule of camera" }).ClickAsync();
        await Assertions.Expect(rule).ToHaveCountAsync(0);
        world.Router.Update(s => s with { Internet = s.Internet with { Relay = null } });
        await Assertions.Expect(rules).ToContainTextAsync("No relay server takes packets now");
    }

    [Fact]
    public async Task What_the_router_refuses_is_said_in_the_dialog()
    {
        await using var world = await ApiWorld.StartAsync();
        var story = await EnterAsync(world);
        await story.GoAsync("Devices");
        await story.Tab.Locator("#device-nas").GetByRole(AriaRole.Button, new() { Name = "Share …" }).ClickAsync();
        var dialog = story.Tab.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Other ports").FillAsync("tcp/99999");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Share", Exact = true }).ClickAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("tcp/99999");
        await story.Tab.Keyboard.PressAsync("Escape");
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Japanese_is_the_browsers_choice_or_the_owners_and_is_remembered()
    {
        await using var world = await ApiWorld.StartAsync();
        var story = await EnterAsync(world);
        await story.SwitchToJapaneseAsync();
        await story.Tab.ReloadAsync();
        await story.HeadingAsync("上位回線");
        Assert.Equal("ja", await story.Tab.Locator("html").GetAttributeAsync("lang"));

        var visitor = await fixture.Chromium.OpenAsync(world.Page, "ja-JP");
        await visitor.GetByRole(AriaRole.Heading, new() { Name = "ログイン" }).WaitForAsync();
    }

    [Fact]
    public async Task Both_dictionaries_have_the_same_words_and_none_is_missing()
    {
        await using var world = await ApiWorld.StartAsync();
        var tab = await fixture.Chromium.OpenAsync(world.Page);
        var differing = await tab.EvaluateAsync<string[]>(
            """
            async () => {
              const en = (await import("/lang/en.js")).default, ja = (await import("/lang/ja.js")).default;
              return [...Object.keys(en).filter((k) => !(k in ja)), ...Object.keys(ja).filter((k) => !(k in en))];
            }
            """);
        Assert.Empty(differing);
    }

    [Fact]
    public async Task A_stopped_service_is_said_and_a_started_one_is_found_again()
    {
        await using var first = await ApiWorld.StartAsync();
        var port = first.Page.Port;
        var story = await EnterAsync(first);
        await first.Server.StopAsync(CancellationToken.None);
        await Assertions.Expect(story.Tab.Locator("#lost")).ToContainTextAsync("The service is not running");
        await Assertions.Expect(story.Tab.Locator(".view")).ToHaveJSPropertyAsync("inert", true);

        await using var second = await ApiWorld.StartAsync(change: o => o with { Http = new(System.Net.IPAddress.Loopback, port) });
        second.Passwords.Write(first.Passwords.Read());
        await story.HeadingAsync("Log in");
        await story.LogInAsync(Password);
        await story.HeadingAsync("bag.example.net");
    }

    [Fact]
    public async Task Enrolment_gives_the_router_its_name()
    {
        await using var world = await ApiWorld.StartAsync(Snapshots.Fresh());
        var story = await EnterAsync(world);
        await story.HeadingAsync("A new router");
        await story.GoAsync("Enrol");
        await story.Tab.GetByLabel("Token").FillAsync("used");
        await story.Tab.GetByRole(AriaRole.Button, new() { Name = "Enrol this router" }).ClickAsync();
        await Assertions.Expect(story.Tab.GetByRole(AriaRole.Alert)).ToContainTextAsync("does not know this token");
        await story.Tab.GetByLabel("Token").FillAsync("ntm1-\ngood");
        await story.Tab.GetByRole(AriaRole.Button, new() { Name = "Enrol this router" }).ClickAsync();
        await Assertions.Expect(story.Tab.GetByText("Enrolled as bag.example.net")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_groups_authority_is_saved_as_the_file_that_ntm_reads()
    {
        await using var world = await ApiWorld.StartAsync();
        var story = await EnterAsync(world);
        await story.GoAsync("People");
        await story.Tab.GetByRole(AriaRole.Button, new() { Name = "Make a group" }).ClickAsync();
        await story.Tab.GetByLabel("Name of the group").FillAsync("friends");
        await story.Tab.GetByRole(AriaRole.Button, new() { Name = "Make it" }).ClickAsync();
        var saved = await story.Tab.RunAndWaitForDownloadAsync(() => story.Tab.GetByRole(AriaRole.Button, new() { Name = "Save the file" }).ClickAsync());
        Assert.Equal("friends.authority", saved.SuggestedFilename);
        var path = await saved.PathAsync();
        Assert.Equal("friends", GroupAuthorityFile.FromText(await File.ReadAllTextAsync(path))!.Name);

        await story.Tab.GetByRole(AriaRole.Button, new() { Name = "Add a router" }).ClickAsync();
        await story.Tab.GetByLabel("Authority file of your group").SetInputFilesAsync(path);
        await story.Tab.GetByLabel("Name of the router").FillAsync("van.example.net");
        await story.Tab.GetByLabel("Fingerprint").FillAsync("9F2B 64C1");
        await story.Tab.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Assertions.Expect(story.Tab.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        Assert.Equal(["van.example.net 9f2b64c1"], world.Router.Signed);
    }

    [Fact]
    public async Task Refusals_tell_the_reason_and_a_ping_the_way()
    {
        await using var world = await ApiWorld.StartAsync();
        var story = await EnterAsync(world);
        await story.GoAsync("People");
        await Assertions.Expect(story.Tab.Locator("#refusals")).ToContainTextAsync("No group in common");
        var peer = story.Tab.Locator("#peers li").Filter(new() { HasText = "printer.home.example.net" });
        await peer.GetByRole(AriaRole.Button, new() { Name = "Ping" }).ClickAsync();
        await Assertions.Expect(peer).ToContainTextAsync("20 ms, direct");
    }

    [Fact]
    public async Task Typed_text_and_focus_stay_while_the_page_is_live()
    {
        await using var world = await ApiWorld.StartAsync(Snapshots.Fresh());
        var story = await EnterAsync(world);
        await story.GoAsync("Enrol");
        var token = story.Tab.GetByLabel("Token");
        await token.FillAsync("half of a to");
        world.Router.Update(s => s with { Status = s.Status with { Version = "0.2.1" } });
        await Task.Delay(1500);
        await Assertions.Expect(token).ToBeFocusedAsync();
        await Assertions.Expect(token).ToHaveValueAsync("half of a to");
    }

    [Fact]
    public async Task No_view_is_wider_than_a_small_phone_and_the_browser_has_nothing_to_complain()
    {
        await using var world = await ApiWorld.StartAsync();
        foreach (var locale in new[] { "en-GB", "ja-JP" })
        {
            var tab = await fixture.Chromium.OpenAsync(new("about:blank"), locale, width: 340, height: 700);
            List<string> complaints = [];
            tab.Console += (_, message) => complaints.Add(message.Text);
            tab.PageError += (_, error) => complaints.Add(error);
            await tab.GotoAsync(world.Page.ToString());
            await tab.Locator("input[name=password]").FillAsync(Password);
            if (world.Passwords.Read() is null)
            {
                await tab.Locator("input[name=again]").FillAsync(Password);
            }

            await tab.Locator("button[type=submit]").ClickAsync();
            foreach (var view in new[] { "overview", "devices", "sessions", "people", "enrol" })
            {
                await tab.Locator($"nav a[href='#{view}']").ClickAsync();
                await tab.Locator("#title").WaitForAsync();
                Assert.True(await tab.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{locale} {view} is too wide");
            }

            Assert.Empty(complaints);
        }
    }

    private async Task<BrowserStory> EnterAsync(ApiWorld world)
    {
        var story = new BrowserStory(await fixture.Chromium.OpenAsync(world.Page));
        await story.SetFirstPasswordAsync(Password);
        await story.Tab.Locator("#title").WaitForAsync();
        return story;
    }
}
