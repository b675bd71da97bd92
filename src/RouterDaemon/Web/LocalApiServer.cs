// The way of a request:
//   1. SecurityHeaders   what the browser may do with the answer                       (LAN listener only)
//   2. HostGuard         the name asked for is ours: no DNS rebinding                   (LAN listener only)
//   3. Faults            what goes wrong below becomes a ControlError
//   4. StaticPages       the page itself: no secret in it, so no log-in                 (LAN listener only)
//   5. OriginGuard       another site's page cannot speak for the user                  (LAN listener only)
//   6. LoginGuard        a password is set and the browser knows it                     (LAN listener only)
//   7. LoginRoutes, ApiRoutes, EventStream
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NTMobile.Control;
using NTMobile.RouterDaemon.Web.Guards;
using NTMobile.RouterDaemon.Web.Login;

namespace NTMobile.RouterDaemon.Web;

/// <summary>Kestrel with two listeners that speak the same API: the Unix socket (trusted) and HTTP on the LAN (password).</summary>
public sealed class LocalApiServer : IAsyncDisposable
{
    private const int MaxBody = 64 * 1024;
    private readonly WebApplication _app;
    private readonly LocalApiOptions _options;
    private readonly LoginService _login;

    /// <summary>Composes the server; nothing listens before <see cref="StartAsync"/>.</summary>
    /// <param name="router">What is asked and told.</param>
    /// <param name="passwords">Where the page's password hash is kept.</param>
    /// <param name="options">Where to listen.</param>
    /// <param name="time">Clock of log-ins and of the event stream.</param>
    /// <param name="logs">Where faults are told.</param>
    public LocalApiServer(IRouterService router, IPasswordStore passwords, LocalApiOptions options, TimeProvider time, ILoggerFactory logs)
    {
        _options = options;

        // The empty builder reads no environment and no files: the daemon's own configuration is the only one.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(3));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        builder.WebHost.UseSockets(o => o.CreateBoundListenSocket = end => ListenSocket.Create(end, options));
        _app = builder.Build();

        var log = logs.CreateLogger<LocalApiServer>();
        _login = new LoginService(passwords, options, time, log);
        _app.Use(SecurityHeaders.Invoke);
        _app.Use(new HostGuard(options.HostNames).Invoke);
        _app.Use(new Faults(log).Invoke);
        _app.Use(new StaticPages().Invoke);
        _app.Use(new OriginGuard(_login).Invoke);
        _app.Use(new LoginGuard(_login).Invoke);
        new LoginRoutes(_login).Map(_app);
        new ApiRoutes(router).Map(_app);
        new EventStream(router, _login, time, _app.Lifetime.ApplicationStopping).Map(_app);
    }

    /// <summary>Address and port of the page once it is started; null when it is not served.</summary>
    public IPEndPoint? HttpEndpoint { get; private set; }

    /// <summary>Listens.</summary>
    /// <exception cref="IOException">An address is in use or the socket's folder is missing.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        await _app.StartAsync(cancel).ConfigureAwait(false);
        var addresses = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        foreach (var address in addresses)
        {
            if (_options.Http is { } http && !address.Contains("unix:", StringComparison.Ordinal))
            {
                HttpEndpoint = new(http.Address, new Uri(address).Port);
            }
        }
    }

    /// <summary>Ends event streams, lets other requests finish for at most 3 s, removes the Unix socket.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        await _app.StopAsync(cancel).ConfigureAwait(false);
        if (_options.SocketPath is { } path)
        {
            File.Delete(path);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _login.Dispose();
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBody;
        kestrel.Limits.MaxConcurrentConnections = 128;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        if (_options.SocketPath is { } path)
        {
            kestrel.ListenUnixSocket(path, listen => listen.Use(next => connection =>
            {
                connection.Features.Set(TrustedConnection.Instance);
                return next(connection);
            }));
        }

        if (_options.Http is { } http)
        {
            kestrel.Listen(http, listen => listen.Protocols = HttpProtocols.Http1);
        }
    }

    /// <summary>Signals belong to the daemon, not to its web server.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
