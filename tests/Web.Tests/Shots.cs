using Microsoft.Playwright;
using NTMobile.Control;
using NTMobile.Control.Tests.Memory;

namespace NTMobile.Web.Tests;

/// <summary>
/// Pictures of every view, for people to look at: <c>dotnet run --project tests/Web.Tests -- --shots FOLDER [WWWROOT]</c>. With the second
/// argument the page's files come from that folder, so that a change is seen without a build.
/// </summary>
internal static class Shots
{
    private static readonly string[] Views = ["overview", "devices", "sessions", "people", "enrol"];

    public static async Task<int> TakeAsync(string folder, string? files)
    {
        Directory.CreateDirectory(folder);
        await using var chromium = await Chromium.StartAsync();
        foreach (var (locale, width, colours) in new[]
        {
            ("en-GB", 1280, ColorScheme.Light), ("ja-JP", 1280, ColorScheme.Dark), ("en-GB", 390, ColorScheme.Dark), ("ja-JP", 390, ColorScheme.Light),
        })
        {
            await using var world = await ApiWorld.StartAsync(Snapshots.Busy(TimeProvider.System.GetUtcNow()));
            using var stop = new CancellationTokenSource();
            var life = DemoHost.LiveAsync(world.Router, stop.Token);
            var tab = await chromium.OpenAsync(new("about:blank"), locale, width, width < 600 ? 844 : 860, colours);
            await FromFolderAsync(tab, files);
            await TakeAsync(world, tab, Path.Combine(folder, $"{locale[..2]}-{width}"));
            await stop.CancelAsync();
            await life;
        }

        return 0;
    }

    private static async Task TakeAsync(ApiWorld world, IPage tab, string prefix)
    {
        await tab.GotoAsync(world.Page.ToString());
        await tab.Locator("input[name=password]").WaitForAsync();
        await ShotAsync(tab, $"{prefix}-first.png");
        await tab.Locator("input[name=password]").FillAsync("a calm grey bag");
        await tab.Locator("input[name=again]").FillAsync("a calm grey bag");
        await tab.Locator("button[type=submit]").ClickAsync();
        await tab.Locator("#title").WaitForAsync();
        await Task.Delay(6_000); // Some traffic for the live chart.
        foreach (var view in Views)
        {
            await tab.Locator($"a[href='#{view}']").Last.ClickAsync();
            await ShotAsync(tab, $"{prefix}-{view}.png");
        }

        await tab.Locator("a[href='#devices']").ClickAsync();
        await tab.Locator("#device-nas .button-tint").ClickAsync();
        await tab.Locator("input[value=ssh]").CheckAsync();
        await ShotAsync(tab, $"{prefix}-share.png", full: false);
        await tab.Keyboard.PressAsync("Escape");
        await tab.Locator("#internet .button-tint").ClickAsync();
        await ShotAsync(tab, $"{prefix}-internet.png", full: false);
        await tab.Keyboard.PressAsync("Escape");
        await tab.Locator(".bar .icon-button").ClickAsync();
        await ShotAsync(tab, $"{prefix}-settings.png", full: false);
        await tab.Keyboard.PressAsync("Escape");
        await tab.Locator("a[href='#overview']").Last.ClickAsync();
        world.Router.Update(s => Snapshots.Fresh() with { Devices = s.Devices });
        await tab.Locator("a.button[href='#enrol']").WaitForAsync();
        await ShotAsync(tab, $"{prefix}-fresh.png");
        await tab.Locator("a[href='#enrol']").First.ClickAsync();
        await ShotAsync(tab, $"{prefix}-toenrol.png");
        world.Router.Update(_ => Snapshots.Busy(TimeProvider.System.GetUtcNow()) with { Status = Warned() });
        await tab.Locator("a[href='#overview']").Last.ClickAsync();
        await tab.Locator(".note-warn").WaitForAsync();
        await ShotAsync(tab, $"{prefix}-warned.png");
        await world.Server.StopAsync(CancellationToken.None);
        await tab.Locator("#lost").WaitForAsync();
        await ShotAsync(tab, $"{prefix}-lost.png", full: false);
    }

    private static RouterStatus Warned()
    {
        var status = Snapshots.Busy(Snapshots.Noon).Status;
        return status with
        {
            Warnings = [new("store-set-aside", "The store was damaged and set aside.")],
            Uplinks = [status.Uplinks[0], status.Uplinks[1] with { Up = false, Address = null, Gateway = null, PublicEndpoint = null }],
        };
    }

    private static Task ShotAsync(IPage tab, string path, bool full = true) =>
        tab.ScreenshotAsync(new() { Path = path, FullPage = full, Animations = ScreenshotAnimations.Disabled });

    private static async Task FromFolderAsync(IPage tab, string? files)
    {
        if (files is null)
        {
            return;
        }

        await tab.RouteAsync("**/*", async route =>
        {
            var name = new Uri(route.Request.Url).AbsolutePath.TrimStart('/');
            var path = Path.Combine(files, name.Length == 0 ? "index.html" : name);
            if (File.Exists(path))
            {
                await route.FulfillAsync(new() { Path = path });
            }
            else
            {
                await route.ContinueAsync();
            }
        });
    }
}
