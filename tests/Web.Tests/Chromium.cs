using Microsoft.Playwright;

namespace NTMobile.Web.Tests;

/// <summary>Debian's Chromium, driven by Playwright; everything ends with it.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private readonly IPlaywright _playwright;

    private Chromium(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        Browser = browser;
    }

    public IBrowser Browser { get; }

    /// <param name="executable">Another program to start, for example one that enters a namespace first.</param>
    public static async Task<Chromium> StartAsync(string executable = "/usr/bin/chromium")
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = executable,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-proxy-server", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
        return new(playwright, browser);
    }

    /// <summary>A fresh browser: no cookies, no storage.</summary>
    public async Task<IPage> OpenAsync(Uri page, string locale = "en-GB", int width = 1280, int height = 860, ColorScheme colours = ColorScheme.Light)
    {
        var context = await Browser.NewContextAsync(new()
        {
            Locale = locale,
            ColorScheme = colours,
            ViewportSize = new() { Width = width, Height = height },
            DeviceScaleFactor = width < 600 ? 2 : 1,
        });
        var tab = await context.NewPageAsync();
        tab.SetDefaultTimeout(15_000);
        await tab.GotoAsync(page.ToString());
        return tab;
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.CloseAsync();
        _playwright.Dispose();
    }
}
