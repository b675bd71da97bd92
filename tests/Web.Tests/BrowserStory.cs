using Microsoft.Playwright;

namespace NTMobile.Web.Tests;

/// <summary>
/// What an owner does on the page, step by step. It knows the page's address and nothing else, so that the same story runs over a router in
/// memory and over the real one in the laboratory. It reads the page as a person does: by roles and labels, in English.
/// </summary>
public sealed class BrowserStory(IPage tab)
{
    public IPage Tab => tab;

    /// <summary>First visit: no default password, and a short one is refused.</summary>
    public async Task SetFirstPasswordAsync(string password)
    {
        await HeadingAsync("Welcome");
        await FillNewPasswordAsync("short");
        await tab.GetByText("Please use at least 10 characters.").WaitForAsync();
        await FillNewPasswordAsync(password);
        await tab.GetByRole(AriaRole.Navigation).WaitForAsync();
    }

    public async Task LogInAsync(string password)
    {
        await TryLogInAsync(password);
        await tab.GetByRole(AriaRole.Navigation).WaitForAsync();
    }

    public async Task TryLogInAsync(string password)
    {
        await tab.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await tab.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
    }

    public async Task LogOutAsync()
    {
        await tab.GetByRole(AriaRole.Button, new() { Name = "Settings" }).ClickAsync();
        await tab.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();
        await HeadingAsync("Log in");
    }

    public async Task GoAsync(string section)
    {
        await tab.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = section }).ClickAsync();
        await tab.Locator("#title").WaitForAsync();
    }

    /// <summary>Gives a device its name.</summary>
    /// <param name="address">LAN address or MAC that the page shows for it.</param>
    /// <param name="label">The new name.</param>
    public async Task NameDeviceAsync(string address, string label)
    {
        await GoAsync("Devices");
        await tab.Locator("#unnamed li").Filter(new() { HasText = address }).GetByRole(AriaRole.Button, new() { Name = "Name …" }).ClickAsync();
        await tab.GetByRole(AriaRole.Dialog).GetByLabel("Name").FillAsync(label);
        await tab.GetByRole(AriaRole.Button, new() { Name = "Name it" }).ClickAsync();
        await tab.Locator($"#device-{label}").WaitForAsync();
    }

    /// <summary>Shares a named device with every group.</summary>
    /// <param name="label">Its name.</param>
    /// <param name="service">Tile to choose (<c>SSH</c>).</param>
    /// <param name="other">Further ports, as the owner writes them; may be empty.</param>
    public async Task ShareAsync(string label, string service, string other)
    {
        await GoAsync("Devices");
        await tab.Locator($"#device-{label}").GetByRole(AriaRole.Button, new() { Name = "Share …" }).ClickAsync();
        var dialog = tab.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel(service).CheckAsync();
        await dialog.GetByLabel("Other ports").FillAsync(other);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Share", Exact = true }).ClickAsync();
        await tab.Locator($"#device-{label} .share").Filter(new() { HasText = service }).WaitForAsync();
    }

    /// <summary>Waits for an open session with a peer and returns the kind of its path: <c>direct</c> or <c>relay</c>.</summary>
    public async Task<string> SeeSessionAsync(string peer)
    {
        await GoAsync("Sessions");
        var card = Session(peer);
        await card.GetByText("Open", new() { Exact = true }).WaitForAsync();
        var classes = await card.Locator(".path").GetAttributeAsync("class");
        return classes!.Contains("path-relay", StringComparison.Ordinal) ? "relay" : "direct";
    }

    public ILocator Session(string peer) => tab.Locator($"[data-peer='{peer}']");

    /// <summary>Switches the language; the page does not load again.</summary>
    public async Task SwitchToJapaneseAsync()
    {
        await tab.GetByRole(AriaRole.Button, new() { Name = "Settings" }).ClickAsync();
        await tab.GetByLabel("日本語").CheckAsync();
        await tab.GetByRole(AriaRole.Dialog).Locator("footer button").ClickAsync();
        await tab.GetByRole(AriaRole.Navigation).GetByText("セッション").WaitForAsync();
    }

    /// <summary>Text that stands outside of every element: there is none unless the page has a fault.</summary>
    public Task<string> StrayTextAsync() => tab.EvaluateAsync<string>(
        "[...document.body.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data.trim()).join('')");

    public Task HeadingAsync(string text) => tab.GetByRole(AriaRole.Heading, new() { Name = text, Exact = true }).WaitForAsync();

    private async Task FillNewPasswordAsync(string password)
    {
        await tab.GetByLabel("New password").FillAsync(password);
        await tab.GetByLabel("The same once more").FillAsync(password);
        await tab.GetByRole(AriaRole.Button, new() { Name = "Set password" }).ClickAsync();
    }
}
