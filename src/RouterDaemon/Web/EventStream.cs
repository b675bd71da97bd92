// One loop per watcher: snapshot → send if it differs → wait for a change (or 1 s, for counters) → not before 500 ms have passed.
using System.Text.Json;
using NTMobile.Control;
using NTMobile.RouterDaemon.Web.Login;

namespace NTMobile.RouterDaemon.Web;

/// <summary>GET /api/events: <c>snapshot</c> events now and on every change, at most two a second; <c>heartbeat</c> when nothing changes.</summary>
internal sealed class EventStream(IRouterService router, LoginService login, TimeProvider time, CancellationToken stopping)
{
    private const int MaxWatchers = 24; // One more is refused with 503: an open page asks again later.
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CounterPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HeartbeatPause = TimeSpan.FromSeconds(5);
    private int _watchers;

    public void Map(IEndpointRouteBuilder app) => app.MapGet("/api/events", ServeAsync);

    private async Task ServeAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _watchers) > MaxWatchers)
            {
                await Reply.ErrorAsync(context, ControlError.Unavailable("Too many live views are open.")).ConfigureAwait(false);
                return;
            }

            using var both = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.WriteAsync("retry: 2000\n\n", both.Token).ConfigureAwait(false);
            await StreamAsync(context, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the service ends.
        }
        finally
        {
            Interlocked.Decrement(ref _watchers);
        }
    }

    private async Task StreamAsync(HttpContext context, CancellationToken cancel)
    {
        byte[]? shown = null;
        var sentAt = time.GetTimestamp();
        while (TrustedConnection.IsOn(context) || login.IsLoggedIn(context))
        {
            var snapshot = await router.GetSnapshotAsync(cancel).ConfigureAwait(false);
            var timeless = JsonSerializer.SerializeToUtf8Bytes(WithoutClocks(snapshot), ControlJson.Default.RouterSnapshot);
            if (shown is null || !timeless.AsSpan().SequenceEqual(shown))
            {
                shown = timeless;
                sentAt = time.GetTimestamp();
                var json = JsonSerializer.Serialize(snapshot, ControlJson.Default.RouterSnapshot);
                await context.Response.WriteAsync($"event: snapshot\ndata: {json}\n\n", cancel).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(cancel).ConfigureAwait(false);
            }
            else if (time.GetElapsedTime(sentAt) >= HeartbeatPause)
            {
                sentAt = time.GetTimestamp();
                await context.Response.WriteAsync("event: heartbeat\ndata: \n\n", cancel).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(cancel).ConfigureAwait(false);
            }

            await PauseAsync(snapshot.Version, cancel).ConfigureAwait(false);
        }
    }

    private async Task PauseAsync(long seen, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var atLeast = Task.Delay(MinPause, time, cancel);
        var changed = router.WaitForChangeAsync(seen, enough.Token);
        await Task.WhenAny(changed, Task.Delay(CounterPause, time, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        await atLeast.ConfigureAwait(false);
    }

    // Ages grow by themselves: they alone are no change.
    private static RouterSnapshot WithoutClocks(RouterSnapshot snapshot) => snapshot with
    {
        Version = 0,
        Status = snapshot.Status with { UptimeSeconds = 0 },
        Sessions = [.. snapshot.Sessions.Select(s => s with { EstablishedSeconds = 0 })],
    };
}
