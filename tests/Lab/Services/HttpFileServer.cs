using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.FileProviders;

namespace NTMobile.Lab;

/// <summary>A web server for files, with Range. It streams from the disk, so a file's size does not matter to memory.</summary>
public sealed class HttpFileServer : IAsyncDisposable
{
    private readonly InsideWeb _web;

    private HttpFileServer(InsideWeb web) => _web = web;

    /// <summary>Serves a folder on all addresses of the host; stopped with the world.</summary>
    public static async Task<HttpFileServer> StartAsync(Host host, string folder, int port = 80) =>
        new(await InsideWeb.StartAsync(host, port, web => web.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)),
            ServeUnknownFileTypes = true,
        })).ConfigureAwait(false));

    /// <summary>Closes its connections and stops.</summary>
    public ValueTask DisposeAsync() => _web.DisposeAsync();
}
