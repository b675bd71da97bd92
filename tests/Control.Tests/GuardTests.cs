using System.Net;
using NTMobile.Control.Tests.Memory;
using Xunit;

namespace NTMobile.Control.Tests;

public sealed class GuardTests
{
    private const string Password = "a calm grey bag";
    private static readonly object Share = new { device = "nas", ports = "tcp/80" };

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.2")]
    [InlineData("localhost")]
    [InlineData("router.lan.evil.example")]
    public async Task Another_host_name_gets_no_answer(string host)
    {
        await using var world = await ApiWorld.StartAsync();
        using var browser = new Browser(world.Page);
        foreach (var path in new[] { "", "app.js", "api/login", "api/status" })
        {
            using var answer = await browser.SendAsync(HttpMethod.Get, path, null, ("Host", host));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("router.lan")]
    [InlineData("Router.LAN.")]
    [InlineData("bag.local:8080")]
    [InlineData("127.0.0.1")]
    public async Task Names_of_the_configuration_and_the_address_itself_are_answered(string host)
    {
        await using var world = await ApiWorld.StartAsync(change: o => o with { HostNames = ["router.lan", "bag.local"] });
        using var browser = new Browser(world.Page);
        using var answer = await browser.SendAsync(HttpMethod.Get, "api/login", null, ("Host", host));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Every_change_needs_the_token_of_this_log_in()
    {
        await using var world = await ApiWorld.StartAsync();
        using var other = new Browser(world.Page);
        await other.OpenAsync();
        var openToken = other.Csrf;
        using var browser = new Browser(world.Page);
        await browser.LogInAsync(Password);
        var good = browser.Csrf;
        foreach (var bad in new[] { "", openToken, good + "0", good[1..] })
        {
            browser.Csrf = bad;
            Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(browser.PostAsync("api/shares", Share)));
            Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(browser.SendAsync(HttpMethod.Delete, "api/shares/k3v9", null)));
            Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(browser.SendAsync(HttpMethod.Delete, "api/login", null)));
            Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(browser.SendAsync(HttpMethod.Put, "api/devices/nas", new { address = "192.168.8.20" })));
        }

        browser.Csrf = good;
        Assert.Equal(HttpStatusCode.OK, await CodeAsync(browser.PostAsync("api/shares", Share)));
    }

    [Fact]
    public async Task Without_the_token_nobody_sets_the_first_password()
    {
        await using var world = await ApiWorld.StartAsync();
        using var browser = new Browser(world.Page);
        Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(browser.PostAsync("api/login/first", new { password = Password })));
        Assert.Null(world.Passwords.Read());
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "none")]
    public async Task A_change_from_another_site_is_refused_even_with_the_token(string header, string value)
    {
        await using var world = await ApiWorld.StartAsync();
        using var browser = new Browser(world.Page);
        await browser.LogInAsync(Password);
        Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(browser.SendAsync(HttpMethod.Post, "api/shares", Share, (header, value))));
    }

    [Fact]
    public async Task Our_own_origin_passes()
    {
        await using var world = await ApiWorld.StartAsync();
        using var browser = new Browser(world.Page);
        await browser.LogInAsync(Password);
        var origin = world.Page.GetLeftPart(UriPartial.Authority);
        Assert.Equal(HttpStatusCode.OK, await CodeAsync(browser.SendAsync(
            HttpMethod.Post, "api/shares", Share, ("Origin", origin), ("Sec-Fetch-Site", "same-origin"))));
    }

    [Fact]
    public async Task A_form_of_another_site_cannot_be_a_request()
    {
        await using var world = await ApiWorld.StartAsync();
        using var http = new HttpClient { BaseAddress = world.Page };
        using var form = new StringContent("""{"password":"set by a form"}""", System.Text.Encoding.UTF8, "text/plain");
        using var answer = await http.PostAsync(new Uri("api/login/first", UriKind.Relative), form);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(world.Passwords.Read());
    }

    [Fact]
    public async Task The_page_may_load_nothing_from_elsewhere_and_run_nothing_inline()
    {
        await using var world = await ApiWorld.StartAsync();
        using var browser = new Browser(world.Page);
        using var answer = await browser.GetAsync("");
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        var html = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("https://", html);
        Assert.DoesNotContain("style=", html);
    }

    [Fact]
    public async Task The_page_is_not_served_on_the_socket_and_files_do_not_leave_their_folder()
    {
        await using var world = await ApiWorld.StartAsync();
        using var browser = new Browser(world.Page);
        Assert.Equal(HttpStatusCode.NotFound, await CodeAsync(browser.GetAsync("..%2fRouterDaemon.csproj")));
        Assert.Equal(HttpStatusCode.NotFound, await CodeAsync(browser.GetAsync("wwwroot/index.html")));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await CodeAsync(browser.PostAsync("index.html", new { })));
    }

    private static async Task<HttpStatusCode> CodeAsync(Task<HttpResponseMessage> answer)
    {
        using var got = await answer;
        return got.StatusCode;
    }
}
