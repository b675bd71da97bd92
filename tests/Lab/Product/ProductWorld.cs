using System.Net;
using System.Text.Json;

namespace NTMobile.Lab.Product;

/// <summary>
/// A laboratory world with the product running in it: one server host with all roles, and ntm-router on every site. Everything is set up with
/// the product's own commands, as an owner would.
/// </summary>
public sealed class ProductWorld : IAsyncDisposable
{
    /// <summary>The provider's zone.</summary>
    public const string Zone = "ntm.test";

    /// <summary>Out of which published devices have their IPv6 addresses.</summary>
    public const string PublicPrefix6 = "2001:db8:5::/64";

    private const string ServerName = "ntm";
    private const int OwnAddresses = 3;

    // More only wait for processors, and for longer than they are given to become ready.
    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 4 };
    private readonly Dictionary<string, ProductRouter> _routers = [];

    private readonly string _routerProgram;

    private readonly bool _egress;
    private readonly int _public;

    private readonly bool _serverHasIpv6;

    private readonly string _translation;

    private ProductWorld(LabWorld lab, string routerProgram, bool egress, bool serverHasIpv6, int publicAddresses, string translation)
    {
        _public = publicAddresses;
        _translation = translation;
        Lab = lab;
        _routerProgram = routerProgram;
        _egress = egress;
        _serverHasIpv6 = serverHasIpv6;
    }

    /// <summary>The laboratory.</summary>
    public LabWorld Lab { get; }

    /// <summary>The host of DS, RS and KMS; the RS has its second address, and from its third the DS answers as a stranger.</summary>
    public Host ServerHost => Lab.Host(ServerName);

    /// <summary>Further addresses of the server's host, at which devices may be published.</summary>
    public IReadOnlyList<IPAddress> PublicAddresses => [.. ServerHost.Addresses.Skip(OwnAddresses)];

    /// <summary>ntm-server.</summary>
    public DaemonProcess Server { get; private set; } = null!;

    /// <summary>The routers by site name.</summary>
    public ProductRouter this[string site] => _routers[site];

    /// <summary>All routers.</summary>
    public IEnumerable<ProductRouter> Routers => _routers.Values;

    private string ServerConfiguration => Path.Combine(Lab.LogFolder, "server.json");

    private string ServerSocket => Path.Combine(Lab.LogFolder, "server.sock");

    /// <summary>Builds the world, starts server and routers, and enrols every router.</summary>
    /// <param name="describe">Adds places and sites.</param>
    /// <param name="groups">Groups by name with their members' site names; null: one group with all sites.</param>
    /// <param name="logs">Where logs stay; null: a folder that goes with the world.</param>
    /// <param name="routerProgram">The routers' service; null: <see cref="Binaries.Router"/>.</param>
    /// <param name="egress">Whether ordinary hosts may be reached through the RS.</param>
    /// <param name="serverHasIpv6">Whether the server's roles listen by IPv6 too.</param>
    /// <param name="publicAddresses">At how many addresses devices may be published, 0–2; needs <paramref name="egress"/>.</param>
    /// <param name="translation">What may travel without the tunnel, in the word of the routers' configuration.</param>
    public static async Task<ProductWorld> CreateAsync(
        Action<WorldBuilder> describe,
        IReadOnlyDictionary<string, string[]>? groups = null,
        string? logs = null,
        string? routerProgram = null,
        bool egress = false,
        bool serverHasIpv6 = true,
        int publicAddresses = 0,
        string translation = "off")
    {
        var lab = await LabWorld.CreateAsync(
            builder =>
            {
                var addresses = builder.Server(ServerName, OwnAddresses + publicAddresses);
                builder.Resolver = addresses;
                describe(builder);
            },
            logs).ConfigureAwait(false);
        var world = new ProductWorld(lab, routerProgram ?? Binaries.Router, egress, serverHasIpv6, publicAddresses, translation);
        try
        {
            await world.StartServerAsync().ConfigureAwait(false);
            await Parallel.ForEachAsync(lab.Sites, AtOnce, (site, _) => new(world.StartRouterAsync(site))).ConfigureAwait(false);
            groups ??= new Dictionary<string, string[]> { ["family"] = [.. lab.Sites.Select(s => s.Name)] };
            foreach (var (name, members) in groups)
            {
                await world.MakeGroupAsync(name, [.. members.Select(m => world[m])]).ConfigureAwait(false);
            }

            return world;
        }
        catch
        {
            lab.KeepLogs = true;
            Console.Error.WriteLine($"logs: {lab.LogFolder}");
            await lab.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Counters of the server's roles.</summary>
    public Task<JsonElement> ServerStatusAsync() => LocalApi.GetAsync(ServerSocket, "status");

    /// <summary>Bytes of user data that the relay has forwarded so far.</summary>
    public async Task<long> RelayedPayloadBytesAsync()
    {
        var status = await ServerStatusAsync().ConfigureAwait(false);
        return status.GetProperty("rs").GetProperty("payloadBytes").GetInt64();
    }

    /// <summary>A one-time token by which a node is enrolled.</summary>
    public async Task<string> TokenAsync(string label) =>
        (await ServerHost.RunAsync("dotnet", Binaries.Server, "token", "--name", label, "--config", ServerConfiguration).ConfigureAwait(false)).Trim();

    /// <summary>Makes a group with the first member's router, adds and joins all.</summary>
    public async Task MakeGroupAsync(string name, IReadOnlyList<ProductRouter> members)
    {
        var file = Path.Combine(Lab.LogFolder, $"{name}.group-authority");
        var made = await members[0].NtmJsonAsync("group", "init", name, "--out", file).ConfigureAwait(false);
        var id = made.GetProperty("id").GetString()!;
        foreach (var member in members)
        {
            var fingerprint = (await member.StatusAsync().ConfigureAwait(false)).GetProperty("fingerprint").GetString()!;
            await members[0].NtmAsync("group", "add", file, member.FullName, fingerprint).ConfigureAwait(false);
        }

        await Parallel.ForEachAsync(members, AtOnce, (member, _) => new(member.NtmAsync("group", "join", id))).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Lab.DisposeAsync();

    private async Task StartServerAsync()
    {
        if (_public > 0)
        {
            await Lab.Core.IpAsync($"route add {PublicPrefix6} via {ServerHost.Addresses6[0]}").ConfigureAwait(false);
        }

        var (first, second, third) = (ServerHost.Addresses[0], ServerHost.Addresses[1], ServerHost.Addresses[2]);
        var egress = _egress ? $$""", "egress": { "resolver": "{{first}}" }""" : string.Empty;
        var (first6, second6) = (ServerHost.Addresses6[0], ServerHost.Addresses6[1]);
        string Six(string text) => _serverHasIpv6 ? text : string.Empty;
        var published = _public > 0 ? $$""", "published": { "addresses": [{{string.Join(", ", PublicAddresses.Select(a => $"\"{a}\""))}}], "prefix6": "{{PublicPrefix6}}" }""" : string.Empty;
        await File.WriteAllTextAsync(ServerConfiguration, $$"""
            {
              "zone": "{{Zone}}",
              "name": "ds.{{Zone}}",
              "publicAddress": "{{first}}",{{Six($"\"publicAddress6\": \"{first6}\",")}}
              "stateDirectory": "{{Path.Combine(Lab.LogFolder, "server-state")}}",
              "controlSocket": "{{ServerSocket}}",
              "ds": { "listen": "{{first}}:4330", "dns": "{{first}}:53", "stunPort": 3478, "secondAddress": "{{third}}"{{Six($", \"listen6\": \"[{first6}]:4330\", \"dns6\": \"[{first6}]:53\"")}} },
              "rs": { "listen": "{{second}}:4331", "publicAddress": "{{second}}"{{Six($", \"listen6\": \"[{second6}]:4331\"")}}{{egress}}{{published}} },
              "kms": { "listen": "{{first}}:4343"{{Six($", \"listen6\": \"[{first6}]:4343\"")}} },
              "tls": { "listen": ["{{first}}:443", "{{second}}:443"{{Six($", \"[{first6}]:443\", \"[{second6}]:443\"")}}] }
            }
            """).ConfigureAwait(false);
        Server = await DaemonProcess.StartAsync(
            ServerHost,
            ProcessSpec.DotNet(Binaries.Server, "run", "--config", ServerConfiguration),
            Readiness.Line("^ntm-server ready", TimeSpan.FromSeconds(60))).ConfigureAwait(false);
    }

    private async Task StartRouterAsync(Site site)
    {
        var router = await ProductRouter.StartAsync(site, Lab.LogFolder, _routerProgram, _translation).ConfigureAwait(false);
        lock (_routers)
        {
            _routers[site.Name] = router;
        }

        foreach (var hotel in site.Uplinks.Select(u => u.Place).Where(p => p.Preset == Presets.Hotel))
        {
            await CaptivePortal.SendFormAsync(site.Router, hotel).ConfigureAwait(false);
        }

        await router.NtmAsync("enrol", await TokenAsync(site.Name).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
