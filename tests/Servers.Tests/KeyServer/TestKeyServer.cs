using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NTMobile.KeyServer;
using NTMobile.Security;
using NTMobile.Security.Enrolment;
using NTMobile.Storage;
using NTMobile.Wire.KeyServer;

namespace NTMobile.Servers.Tests.KeyServer;

/// <summary>A KMS with its files in a directory of its own, behind Kestrel on the loopback device when started.</summary>
internal sealed class TestKeyServer : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    public static readonly DirectionServerEntry DirectionServer = new("ds.example", "192.0.2.1:4330", [.. Enumerable.Repeat((byte)7, 32)]);

    private readonly KeyServerSettings _settings;
    private WebApplication? _web;

    public TestKeyServer(Func<KeyServerSettings, KeyServerSettings>? change = null)
    {
        _settings = new KeyServerSettings("example", "127.0.0.1", 4343);
        _settings = change?.Invoke(_settings) ?? _settings;
        (Store, Role) = Open();
    }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("ntm-test-").FullName;

    public FakeTimeProvider Clock { get; } = new(Start);

    public StoreFile Store { get; private set; }

    public KeyServerRole Role { get; private set; }

    public KeyServerEntry Entry => new("127.0.0.1", (ushort)Address.Port, Role.Tls.Pin);

    private Uri Address => new(_web!.Services.GetRequiredService<IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public async Task<KeyServerClient> ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(Role.Tls.Certificate)));
        _web = builder.Build();
        KeyServerEndpoints.Map(_web, Role);
        await _web.StartAsync();
        return new KeyServerClient(Entry);
    }

    public void Reopen()
    {
        Role.Dispose();
        Store.Dispose();
        (Store, Role) = Open();
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }

        Role.Dispose();
        Store.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private (StoreFile Store, KeyServerRole Role) Open()
    {
        var store = StoreFile.Open(Path.Combine(Directory, "server.db"), Clock, out _);
        try
        {
            return (store, KeyServerRole.Open(Directory, _settings, store, Clock, SystemRandom.Instance, () => [DirectionServer]));
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }
}
