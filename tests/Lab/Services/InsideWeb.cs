using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace NTMobile.Lab;

/// <summary>Kestrel in this process on a socket that belongs to a host.</summary>
internal sealed class InsideWeb : IAsyncDisposable
{
    private readonly WebApplication _web;

    private InsideWeb(WebApplication web) => _web = web;

    /// <summary>Serves on all IPv4 addresses of the host; stopped with the world.</summary>
    public static async Task<InsideWeb> StartAsync(Host host, int port, Action<WebApplication> describe)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<SocketTransportOptions>(options => options.CreateBoundListenSocket =
            endPoint => host.RunInside(() => SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint)));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(port));

        WebApplication web = builder.Build();
        describe(web);
        await web.StartAsync().ConfigureAwait(false);
        return host.Keep(new InsideWeb(web));
    }

    /// <summary>Closes its connections and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _web.StopAsync(atOnce.Token).ConfigureAwait(false);
        await _web.DisposeAsync().ConfigureAwait(false);
    }
}
