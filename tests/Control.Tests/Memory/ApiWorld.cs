using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using NTMobile.RouterDaemon.Web;

namespace NTMobile.Control.Tests.Memory;

/// <summary>The real server, both listeners, over a router in memory; everything ends with it.</summary>
public sealed class ApiWorld : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ntm-api-").FullName;

    private ApiWorld(MemoryRouter router, TimeProvider time, Func<LocalApiOptions, LocalApiOptions> change)
    {
        Router = router;
        SocketPath = Path.Combine(_folder, "router.sock");
        var options = change(new() { SocketPath = SocketPath, Http = new(IPAddress.Loopback, 0) });
        Server = new(router, Passwords, options, time, NullLoggerFactory.Instance);
    }

    public MemoryRouter Router { get; }

    public MemoryPasswords Passwords { get; } = new();

    public LocalApiServer Server { get; }

    public string SocketPath { get; }

    public string Folder => _folder;

    public Uri Page => new($"http://{Server.HttpEndpoint}/");

    public static async Task<ApiWorld> StartAsync(
        RouterSnapshot? start = null, TimeProvider? time = null, Func<LocalApiOptions, LocalApiOptions>? change = null)
    {
        var router = new MemoryRouter(start ?? Snapshots.Busy(Snapshots.Noon));
        var world = new ApiWorld(router, time ?? TimeProvider.System, change ?? (o => o));
        await world.Server.StartAsync(CancellationToken.None);
        return world;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync(CancellationToken.None);
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
