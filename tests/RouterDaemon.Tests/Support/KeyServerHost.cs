using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NTMobile.KeyServer;
using NTMobile.Security;
using NTMobile.Security.Identity;
using NTMobile.Storage;
using NTMobile.Wire.KeyServer;

namespace NTMobile.RouterDaemon.Tests.Support;

/// <summary>The real KMS role behind HTTPS on a loopback address of its own. It can be away for a while.</summary>
internal sealed class KeyServerHost : IAsyncDisposable
{
    public const string Zone = "example.net";
    public static readonly DateTimeOffset Start = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
    private const ushort Port = 14343;
    private static int _hosts;

    // 127.x.y.n with x and y by the process: test runs and servers do not meet.
    private readonly IPAddress _address = new(
        [127, (byte)(1 + (Environment.ProcessId % 250)), (byte)(1 + (Environment.ProcessId / 250 % 250)), (byte)(1 + (Interlocked.Increment(ref _hosts) % 250))]);

    private readonly TemporaryDirectory _directory = new();
    private readonly StoreFile _store;
    private WebApplication? _web;

    private KeyServerHost()
    {
        _store = StoreFile.Open(_directory["server.db"], Clock, out _);
        var settings = new KeyServerSettings(Zone, _address.ToString(), Port) { RequestsPerMinute = int.MaxValue };
        var ds = new DirectionServerEntry($"ds.{Zone}", "192.0.2.1:4330", [.. Enumerable.Repeat((byte)7, 32)]);
        Role = KeyServerRole.Open(_directory.Path, settings, _store, Clock, SystemRandom.Instance, () => [ds]);
    }

    public FakeTimeProvider Clock { get; } = new(Start);

    public KeyServerRole Role { get; }

    public static async Task<KeyServerHost> StartAsync()
    {
        var host = new KeyServerHost();
        await host.ComeBackAsync();
        return host;
    }

    public async Task GoAwayAsync()
    {
        await _web!.DisposeAsync();
        _web = null;
    }

    public async Task ComeBackAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(_address, Port, listen => listen.UseHttps(Role.Tls.Certificate)));
        _web = builder.Build();
        KeyServerEndpoints.Map(_web, Role);
        await _web.StartAsync();
    }

    /// <summary>A new token, as its text.</summary>
    public string Token(string label) => Role.CreateToken($"{label}.{Zone}", CertificateRole.Node).Encode();

    /// <summary>A client for what the tests themselves deposit.</summary>
    public Security.Enrolment.KeyServerClient Client() => new(new KeyServerEntry(_address.ToString(), Port, Role.Tls.Pin));

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }

        Role.Dispose();
        _store.Dispose();
        _directory.Dispose();
    }
}
