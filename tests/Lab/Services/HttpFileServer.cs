using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace NTMobile.Lab;

/// <summary>
/// A web server for files, with Range: Kestrel in this process on a socket that belongs to the host. It streams from the disk,
/// so a file's size does not matter to memory.
/// </summary>
public sealed class HttpFileServer : IAsyncDisposable
{
    private readonly WebApplication _web;

    private HttpFileServer(WebApplication web) => _web = web;

    /// <summary>Serves a folder on all addresses of the host; stopped with the world.</summary>
    public static async Task<HttpFileServer> StartAsync(Host host, string folder, int port = 80)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<SocketTransportOptions>(options => options.CreateBoundListenSocket =
            endPoint => host.RunInside(() => SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint)));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Any, port));

        WebApplication web = builder.Build();
        web.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)),
            ServeUnknownFileTypes = true,
        });
        await web.StartAsync().ConfigureAwait(false);
        return host.Keep(new HttpFileServer(web));
    }

    /// <summary>Closes its connections and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _web.StopAsync(atOnce.Token).ConfigureAwait(false);
        await _web.DisposeAsync().ConfigureAwait(false);
    }
}
