using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace NTMobile.ServerHost.Web;

/// <summary>Kestrel on one socket that was bound before. The KMS and the control socket have one each, so that no address of one can be asked at
/// the other.</summary>
internal static class WebHost
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromMilliseconds(500);

    /// <summary>Composes it; nothing is answered before it is started.</summary>
    /// <param name="bound">The socket; goes over to the web server when it starts.</param>
    /// <param name="maxConnections">Connections at one time; a further one is closed.</param>
    /// <param name="logs">Where faults are told.</param>
    /// <param name="listen">Makes it HTTPS, or not.</param>
    public static WebApplication Build(Socket bound, int maxConnections, ILoggerFactory logs, Action<ListenOptions> listen)
    {
        // The empty builder reads no environment and no files: the server's own configuration is the only one.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopWithin);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(options => options.CreateBoundListenSocket = _ => bound);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = maxConnections;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
            kestrel.Listen(bound.LocalEndPoint!, options =>
            {
                options.Protocols = HttpProtocols.Http1;
                listen(options);
            });
        });
        return builder.Build();
    }

    /// <summary>Signals belong to the server, not to its web servers.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
