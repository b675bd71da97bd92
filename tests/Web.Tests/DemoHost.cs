using System.Net;
using NTMobile.Control;
using NTMobile.Control.Tests.Memory;

namespace NTMobile.Web.Tests;

/// <summary>The page over a router in memory that lives a little: <c>dotnet run --project tests/Web.Tests -- --host 8088</c>.</summary>
internal static class DemoHost
{
    public static async Task<int> RunAsync(int port)
    {
        await using var world = await ApiWorld.StartAsync(
            Snapshots.Busy(TimeProvider.System.GetUtcNow()), change: o => o with { Http = new(IPAddress.Loopback, port), HostNames = ["localhost"] });
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            stop.Cancel();
        };
        Console.WriteLine($"{world.Page}  (socket {world.SocketPath})");
        await LiveAsync(world.Router, stop.Token);
        return 0;
    }

    /// <summary>Counters run until cancelled.</summary>
    public static async Task LiveAsync(MemoryRouter router, CancellationToken cancel)
    {
        for (var step = 0; ; step++)
        {
            var wave = 1 + Math.Sin(step / 7.0);
            router.Update(s => s with { Sessions = [.. s.Sessions.Select((session, i) => Advance(session, i, wave))] });
            try
            {
                await Task.Delay(500, cancel);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static Session Advance(Session session, int index, double wave) => session with
    {
        BytesIn = session.BytesIn + (long)(wave * 900_000 / (1 + (index * 40))),
        BytesOut = session.BytesOut + (long)((2 - wave) * 120_000 / (1 + (index * 3))),
        PacketsIn = session.PacketsIn + 700,
        PacketsOut = session.PacketsOut + 400,
        EstablishedSeconds = session.EstablishedSeconds + 0.5,
    };
}
