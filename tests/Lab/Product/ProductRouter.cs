using System.Net;
using System.Text.Json;

namespace NTMobile.Lab.Product;

/// <summary>ntm-router on one site, with the command line that speaks to it.</summary>
public sealed class ProductRouter
{
    private ProductRouter(Site site, string socket)
    {
        Site = site;
        ControlSocket = socket;
    }

    /// <summary>The path of the local API's Unix socket.</summary>
    public string ControlSocket { get; }

    /// <summary>Router and LAN in the laboratory.</summary>
    public Site Site { get; }

    /// <summary>The service.</summary>
    public DaemonProcess Process { get; private set; } = null!;

    /// <summary>Its node name.</summary>
    public string FullName => $"{Site.Name}.{ProductWorld.Zone}";

    /// <summary>Where the web page is served.</summary>
    public IPEndPoint Web => new(Site.LanAddress, 80);

    /// <summary>A device's name in full.</summary>
    public string Name(string device) => $"{device}.{FullName}";

    /// <summary>Starts the service with files of its own below a folder.</summary>
    /// <param name="site">Where.</param>
    /// <param name="folder">Of configuration, state and control socket.</param>
    /// <param name="program">The service's file: a path that ends in .dll runs under dotnet.</param>
    /// <param name="translation">What may travel without the tunnel.</param>
    public static async Task<ProductRouter> StartAsync(Site site, string folder, string program, string translation = "off")
    {
        var state = Path.Combine(folder, $"{site.Name}-state");
        var socket = Path.Combine(folder, $"{site.Name}.sock");
        var configuration = Path.Combine(folder, $"{site.Name}.json");
        await File.WriteAllTextAsync(configuration, $$"""
            {
              "lan": "lan0",
              "uplinks": [{{string.Join(", ", site.Uplinks.Select(u => $"\"{u.Interface}\""))}}],
              "stateDirectory": "{{state}}",
              "controlSocket": "{{socket}}",
              "translation": "{{translation}}",
              "webNames": ["router.lan", "127.0.0.1", "localhost"]
            }
            """).ConfigureAwait(false);
        var router = new ProductRouter(site, socket);
        router.Process = await DaemonProcess.StartAsync(
            site.Router,
            ProcessSpec.DotNet(program, "run", "--config", configuration),
            Readiness.Line("^ntm-router ready", TimeSpan.FromSeconds(60))).ConfigureAwait(false);
        return router;
    }

    /// <summary>Runs ntm and returns what it printed; throws when it fails.</summary>
    public Task<string> NtmAsync(params IEnumerable<string> arguments) =>
        Site.Router.RunAsync("dotnet", [Binaries.Cli, .. arguments, "--socket", ControlSocket]);

    /// <summary>Runs ntm --json.</summary>
    public async Task<JsonElement> NtmJsonAsync(params IEnumerable<string> arguments)
    {
        using var document = JsonDocument.Parse(await NtmAsync([.. arguments, "--json"]).ConfigureAwait(false));
        return document.RootElement.Clone();
    }

    /// <summary>Names a device of the LAN and shares ports of it.</summary>
    public async Task ShareAsync(Host device, string label, string ports = "all")
    {
        // A device that never spoke is in nobody's neighbour table.
        foreach (var own in Site.Router.Addresses.Take(device.Addresses.Count).Concat(Site.Router.Addresses6.Take(device.Addresses6.Count)))
        {
            await device.ExecAsync("ping", "-c1", "-W1", own.ToString()).ConfigureAwait(false);
        }

        await NtmAsync("devices", "name", label, device.Addresses.Concat(device.Addresses6).First().ToString()).ConfigureAwait(false);
        await NtmAsync("share", label, "--ports", ports).ConfigureAwait(false);
    }

    /// <summary>What ntm status --json shows.</summary>
    public Task<JsonElement> StatusAsync() => LocalApi.GetAsync(ControlSocket, "api/status");

    /// <summary>Whether it is registered with its direction server.</summary>
    public async Task<bool> IsOnlineAsync() => (await StatusAsync().ConfigureAwait(false)).GetProperty("state").GetString() == "online";

    /// <summary>The session with a peer, as ntm sessions --json shows it; null: none.</summary>
    public async Task<JsonElement?> SessionAsync(string peer)
    {
        var sessions = await LocalApi.GetAsync(ControlSocket, "api/sessions").ConfigureAwait(false);
        foreach (var session in sessions.EnumerateArray())
        {
            if (session.GetProperty("peer").GetString() == $"{peer}.{ProductWorld.Zone}")
            {
                return session;
            }
        }

        return null;
    }

    /// <summary>Whether data to a peer goes directly now, by IPv4 or IPv6.</summary>
    public async Task<bool> IsDirectAsync(string peer) => await PathAsync(peer).ConfigureAwait(false) is (true, _);

    /// <summary>Whether data to a peer goes directly now, and by this IP version.</summary>
    public async Task<bool> IsDirectAsync(string peer, bool byIPv6) =>
        await PathAsync(peer).ConfigureAwait(false) is (true, var remote) && remote.StartsWith('[') == byIPv6;

    /// <summary>Where data to a peer goes now, the peer's address or the relay's; null: nowhere.</summary>
    public async Task<string?> RemoteAsync(string peer) => (await PathAsync(peer).ConfigureAwait(false))?.Remote;

    private async Task<(bool IsDirect, string Remote)?> PathAsync(string peer) =>
        await SessionAsync(peer).ConfigureAwait(false) is { } session && session.GetProperty("path") is { ValueKind: JsonValueKind.Object } path
            ? (path.GetProperty("kind").GetString() == "direct", path.GetProperty("remote").GetString()!)
            : null;
}
