using System.Net;
using Microsoft.Extensions.Time.Testing;
using NTMobile.Control.Tests.Memory;
using Xunit;

namespace NTMobile.Control.Tests;

public sealed class LoginTests
{
    private const string Password = "a calm grey bag";

    [Fact]
    public async Task Before_a_password_is_set_nothing_but_setting_it_is_possible()
    {
        await using var world = await ApiWorld.StartAsync();
        using var browser = new Browser(world.Page);
        var state = await browser.OpenAsync();
        Assert.False(state.GetProperty("passwordSet").GetBoolean());
        foreach (var path in new[] { "api/status", "api/devices", "api/sessions", "api/events", "api/nonsense" })
        {
            using var answer = await browser.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Contains("password-not-set", await answer.Content.ReadAsStringAsync());
        }

        using var share = await browser.PostAsync("api/shares", new { device = "nas", ports = "all" });
        Assert.Equal(HttpStatusCode.Unauthorized, share.StatusCode);
        using var change = await browser.SendAsync(HttpMethod.Put, "api/login/password", new { old = "", @new = Password });
        Assert.Equal(HttpStatusCode.Unauthorized, change.StatusCode);
        Assert.Null(world.Passwords.Read());
    }

    [Fact]
    public async Task The_first_visit_sets_the_password_once()
    {
        await using var world = await ApiWorld.StartAsync();
        using var browser = new Browser(world.Page);
        await browser.OpenAsync();
        using var shortOne = await browser.PostAsync("api/login/first", new { password = "123456789" });
        Assert.Equal(HttpStatusCode.BadRequest, shortOne.StatusCode);
        await browser.LogInAsync(Password);
        using var status = await browser.GetAsync("api/status");
        Assert.Equal(HttpStatusCode.OK, status.StatusCode);

        using var second = new Browser(world.Page);
        await second.OpenAsync();
        using var again = await second.PostAsync("api/login/first", new { password = "another password" });
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        using var stranger = await second.GetAsync("api/status");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    [Fact]
    public async Task The_store_holds_a_slow_hash_and_not_the_password()
    {
        await using var world = await ApiWorld.StartAsync();
        using var browser = new Browser(world.Page);
        await browser.LogInAsync(Password);
        var line = world.Passwords.Read()!;
        Assert.StartsWith("pbkdf2-sha256$600000$", line);
        Assert.DoesNotContain(Password, line);
    }

    [Fact]
    public async Task A_damaged_hash_opens_nothing_and_is_not_a_first_visit()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Passwords.Write("pbkdf2-sha256$0$$");
        using var browser = new Browser(world.Page);
        Assert.True((await browser.OpenAsync()).GetProperty("passwordSet").GetBoolean());
        using var first = await browser.PostAsync("api/login/first", new { password = Password });
        Assert.Equal(HttpStatusCode.Conflict, first.StatusCode);
        using var empty = await browser.PostAsync("api/login", new { password = "" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
    }

    [Fact]
    public async Task Cookies_are_closed_to_scripts_and_to_other_sites()
    {
        await using var world = await ApiWorld.StartAsync();
        using var browser = new Browser(world.Page);
        await browser.OpenAsync();
        using var answer = await browser.PostAsync("api/login/first", new { password = Password });
        var cookies = answer.Headers.GetValues("Set-Cookie").ToArray();
        Assert.Equal(2, cookies.Length);
        Assert.All(cookies, c => Assert.Contains("httponly", c));
        Assert.All(cookies, c => Assert.Contains("samesite=strict", c));
    }

    [Fact]
    public async Task A_new_password_needs_the_old_one_and_logs_other_browsers_out()
    {
        await using var world = await ApiWorld.StartAsync();
        using var here = new Browser(world.Page);
        using var there = new Browser(world.Page);
        await here.LogInAsync(Password);
        await there.LogInAsync(Password);
        using var wrong = await here.SendAsync(HttpMethod.Put, "api/login/password", new { old = "not this one", @new = "another password" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        using var right = await here.SendAsync(HttpMethod.Put, "api/login/password", new { old = Password, @new = "another password" });
        Assert.Equal(HttpStatusCode.NoContent, right.StatusCode);
        using var still = await here.GetAsync("api/status");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
        using var gone = await there.GetAsync("api/status");
        Assert.Equal(HttpStatusCode.Unauthorized, gone.StatusCode);
        await there.LogInAsync("another password");
    }

    [Fact]
    public async Task Logging_out_ends_the_log_in()
    {
        await using var world = await ApiWorld.StartAsync();
        using var browser = new Browser(world.Page);
        await browser.LogInAsync(Password);
        var stolen = browser.Cookies.GetCookies(world.Page)["ntm-login"]!.Value;
        using var bye = await browser.SendAsync(HttpMethod.Delete, "api/login", null);
        Assert.Equal(HttpStatusCode.NoContent, bye.StatusCode);
        using var thief = new Browser(world.Page);
        thief.Cookies.Add(world.Page, new Cookie("ntm-login", stolen));
        using var answer = await thief.GetAsync("api/status");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_log_in_ends_when_it_is_idle_and_after_a_day_in_any_case()
    {
        var time = new FakeTimeProvider();
        await using var world = await ApiWorld.StartAsync(time: time);
        using var browser = new Browser(world.Page);
        await browser.LogInAsync(Password);
        time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
        time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
        time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(browser));

        await browser.LogInAsync(Password);
        for (var minutes = 0; minutes < 24 * 60; minutes += 20)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
            time.Advance(TimeSpan.FromMinutes(20));
        }

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(browser));
    }

    [Fact]
    public async Task The_socket_needs_no_password_and_can_take_a_forgotten_one_away()
    {
        await using var world = await ApiWorld.StartAsync();
        using var browser = new Browser(world.Page);
        await browser.LogInAsync(Password);
        using var overLan = await browser.SendAsync(HttpMethod.Delete, "api/login/password", null);
        Assert.Equal(HttpStatusCode.Forbidden, overLan.StatusCode);

        using var client = new RouterClient(world.SocketPath);
        Assert.Null(await client.ResetWebPasswordAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(browser));
        Assert.False((await browser.OpenAsync()).GetProperty("passwordSet").GetBoolean());
    }

    private static async Task<HttpStatusCode> StatusAsync(Browser browser)
    {
        using var answer = await browser.GetAsync("api/status");
        return answer.StatusCode;
    }
}
