using System.Diagnostics;
using System.Net;
using NTMobile.Control.Tests.Memory;
using Xunit;

namespace NTMobile.Control.Tests;

public sealed class EventTests
{
    [Fact]
    public async Task A_watcher_sees_the_state_at_once_and_every_change_soon()
    {
        await using var world = await ApiWorld.StartAsync();
        using var client = new RouterClient(world.SocketPath);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await using var events = client.WatchAsync(limit.Token).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(2, events.Current.Sessions.Count);
        world.Router.Update(s => s with { Sessions = [] });
        Assert.True(await events.MoveNextAsync());
        Assert.Empty(events.Current.Sessions);
    }

    [Fact]
    public async Task A_hundred_changes_a_second_are_two_events_a_second()
    {
        await using var world = await ApiWorld.StartAsync();
        using var client = new RouterClient(world.SocketPath);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var busy = Task.Run(async () =>
        {
            for (var n = 0; !limit.IsCancellationRequested; n++)
            {
                world.Router.Update(s => s with { Status = s.Status with { Version = $"{n}" } });
                await Task.Delay(10);
            }
        });
        var count = 0;
        var clock = Stopwatch.StartNew();
        try
        {
            await foreach (var snapshot in client.WatchAsync(limit.Token))
            {
                count++;
            }
        }
        catch (OperationCanceledException)
        {
            // The three seconds are over.
        }

        await busy;
        Assert.InRange(count, 3, (clock.Elapsed.TotalSeconds * 2) + 1);
    }

    [Fact]
    public async Task Ages_alone_are_no_change_and_counters_are_one()
    {
        await using var world = await ApiWorld.StartAsync();
        using var client = new RouterClient(world.SocketPath);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await using var events = client.WatchAsync(limit.Token).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        world.Router.Update(s => s with { Status = s.Status with { UptimeSeconds = 5 } });
        var next = events.MoveNextAsync().AsTask();
        await Task.Delay(1500);
        Assert.False(next.IsCompleted);
        world.Router.Update(s => s with { Sessions = [s.Sessions[0] with { BytesIn = 7 }] });
        Assert.True(await next);
        Assert.Equal(7, events.Current.Sessions[0].BytesIn);
    }

    [Fact]
    public async Task The_stream_ends_with_the_log_in_and_does_not_prolong_it()
    {
        await using var world = await ApiWorld.StartAsync(change: o => o with { LoginIdle = TimeSpan.FromSeconds(2) });
        using var browser = new Browser(world.Page);
        await browser.LogInAsync("a calm grey bag");
        using var answer = await browser.GetAsync("api/events"); // Completes when the server ends it.
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("event: snapshot", await answer.Content.ReadAsStringAsync());
        using var again = await browser.GetAsync("api/events");
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Fact]
    public async Task Stopping_the_service_ends_its_watchers_quickly()
    {
        var world = await ApiWorld.StartAsync();
        using var client = new RouterClient(world.SocketPath);
        await using var events = client.WatchAsync().GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        var clock = Stopwatch.StartNew();
        await world.DisposeAsync();
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 2);
    }
}
