using NTMobile.Lab;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>
/// alice and bob with public addresses and unshaped cables, so that the path is direct and nothing but the machine limits it. All ways lead
/// from alice's device to bob's, over the same cables and namespaces:
/// <code>
/// ntm      alice-1 → alice: queue, ntm-router ═ UDP ═ cloud1 ═ inet ═ cloud2 ═ bob: ntm-router, TUN → bob-1    by a virtual address
/// kernel   alice-1 → alice: forward, NAT  ─── cloud1 ─── inet ─── cloud2 ─── bob: forward → bob-1              by bob-1's own address
/// rival    alice-1 → alice: TUN, daemon  ═ UDP ═ cloud1 ═ inet ═ cloud2 ═ bob: daemon, TUN → bob-1             by an address of its own
/// </code>
/// The kernel's way needs different LAN subnets and a route to bob's, which a plain Internet does not have.
/// </summary>
internal sealed class TwoRouters : IAsyncDisposable
{
    // Inner packets of rivals skip connection tracking and all further rules of ours at this hook. Their SYNs are clamped to their interface.
    private const string RivalRules = """
        insert rule inet ntm guard_early ip saddr 10.0.0.0/8 notrack accept
        table inet bench {
          chain clamp { type filter hook forward priority mangle;
            oifname "rival*" tcp flags syn tcp option maxseg size set rt mtu
          }
        }
        """;

    private readonly ProductWorld _world;
    private IReadOnlyList<Rival> _rivals = [];

    private TwoRouters(ProductWorld world) => _world = world;

    /// <summary>Where flows begin.</summary>
    public Host Client => Alice.Site.Device;

    /// <summary>Where flows end.</summary>
    public Host Server => Bob.Site.Device;

    /// <summary>The product's way.</summary>
    public NtmWay Ntm { get; private set; } = null!;

    /// <summary>The kernel's way.</summary>
    public KernelWay Kernel { get; private set; } = null!;

    /// <summary>Sends packets from the one to the other.</summary>
    public PacketGenerator Generator { get; private set; } = null!;

    /// <summary>All ways: the product, the kernel, then the rivals.</summary>
    public IReadOnlyList<Way> Ways => [Ntm, Kernel, .. _rivals];

    private ProductRouter Alice => _world["alice"];

    private ProductRouter Bob => _world["bob"];

    /// <summary>Builds the world and waits until all ways work and the tunnel's path is direct.</summary>
    public static async Task<TwoRouters> CreateAsync()
    {
        var world = new TwoRouters(await ProductWorld.CreateAsync(Describe).ConfigureAwait(false));
        try
        {
            await world.Bob.ShareAsync(world.Server, "box").ConfigureAwait(false);
            world.Kernel = await KernelWay.LayAsync(world._world, world.Alice.Site, world.Bob.Site).ConfigureAwait(false);
            world.Ntm = await NtmWay.OpenAsync(world._world, world.Client, world.Bob.Name("box")).ConfigureAwait(false);
            world._rivals = await world.StartRivalsAsync().ConfigureAwait(false);
            await Iperf3.ServeAsync(world.Server).ConfigureAwait(false);
            world.Generator = await PacketGenerator.StartAsync(world.Client, world.Server).ConfigureAwait(false);
            await world.WarmUpAsync().ConfigureAwait(false);
            return world;
        }
        catch
        {
            world.KeepLogs();
            await world.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says where the logs are, and leaves them there.</summary>
    public void KeepLogs()
    {
        _world.Lab.KeepLogs = true;
        Console.Error.WriteLine($"logs: {_world.Lab.LogFolder}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.Cloud);
        world.Site("bob", Presets.Cloud, new SiteOptions { Lan = KernelWay.FarLan });
    }

    // Long enough for the runtime to have compiled the packet path for speed, in both directions.
    private async Task WarmUpAsync()
    {
        foreach (var way in Ways)
        {
            await Iperf.TcpAsync(this, way, TimeSpan.FromSeconds(way == Ntm ? 4 : 1), "--bidir").ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<Rival>> StartRivalsAsync()
    {
        await Alice.Site.Router.NftAsync(RivalRules).ConfigureAwait(false);
        await Bob.Site.Router.NftAsync(RivalRules).ConfigureAwait(false);
        return await RivalCatalog.StartAsync(Alice.Site, Bob.Site, Path.Combine(_world.Lab.LogFolder, "rivals")).ConfigureAwait(false);
    }
}
