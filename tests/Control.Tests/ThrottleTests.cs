using System.Net;
using Microsoft.Extensions.Time.Testing;
using NTMobile.Control.Tests.Memory;
using Xunit;

namespace NTMobile.Control.Tests;

public sealed class ThrottleTests
{
    private const string Password = "a calm grey bag";

    [Fact]
    public async Task Wrong_passwords_wait_longer_and_longer_but_never_more_than_a_minute()
    {
        var time = new FakeTimeProvider();
        await using var world = await ApiWorld.StartAsync(time: time);
        using var owner = new Browser(world.Page);
        await owner.LogInAsync(Password);

        using var guesser = new Browser(world.Page);
        await guesser.OpenAsync();
        List<double> waits = [];
        for (var tries = 0; tries < 12; tries++)
        {
            using var wrong = await guesser.PostAsync("api/login", new { password = $"guess number {tries}" });
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
            var wait = wrong.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
            waits.Add(wait.TotalSeconds);
            time.Advance(wait);
        }

        Assert.Equal([0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60], waits);
        await guesser.LogInAsync(Password);
    }

    [Fact]
    public async Task While_a_client_waits_even_the_right_password_is_not_looked_at()
    {
        var time = new FakeTimeProvider();
        await using var world = await ApiWorld.StartAsync(time: time);
        using var owner = new Browser(world.Page);
        await owner.LogInAsync(Password);
        using var guesser = new Browser(world.Page);
        await guesser.OpenAsync();
        for (var tries = 0; tries < 3; tries++)
        {
            using var wrong = await guesser.PostAsync("api/login", new { password = "not the password" });
        }

        using var right = await guesser.PostAsync("api/login", new { password = Password });
        Assert.Equal(HttpStatusCode.TooManyRequests, right.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), right.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task A_guesser_on_the_same_address_does_not_slow_a_known_browser()
    {
        var time = new FakeTimeProvider();
        await using var world = await ApiWorld.StartAsync(time: time);
        using var owner = new Browser(world.Page);
        await owner.LogInAsync(Password);
        using var bye = await owner.SendAsync(HttpMethod.Delete, "api/login", null);

        using var guesser = new Browser(world.Page);
        await guesser.OpenAsync();
        for (var tries = 0; tries < 4; tries++)
        {
            using var wrong = await guesser.PostAsync("api/login", new { password = "not the password" });
        }

        await owner.LogInAsync(Password);
    }

    [Fact]
    public async Task Many_tries_at_once_are_counted_one_by_one()
    {
        var time = new FakeTimeProvider();
        await using var world = await ApiWorld.StartAsync(time: time);
        using var owner = new Browser(world.Page);
        await owner.LogInAsync(Password);
        using var guesser = new Browser(world.Page);
        await guesser.OpenAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => guesser.PostAsync("api/login", new { password = $"guess number {n}" })));
        Assert.Equal(3, answers.Count(a => a.StatusCode == HttpStatusCode.UnprocessableEntity));
        Assert.Equal(17, answers.Count(a => a.StatusCode == HttpStatusCode.TooManyRequests));
        foreach (var answer in answers)
        {
            answer.Dispose();
        }
    }
}
