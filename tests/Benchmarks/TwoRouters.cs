using System.Net;
using System.Text.Json;
using NTMobile.Lab;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>
/// alice and bob with public addresses and unshaped cables, so that the path is direct and nothing but the machine limits it. Two ways lead
/// from alice's device to bob's, over the same cables and namespaces:
/// <code>
/// tunnel   alice-1 → alice: queue, ntm-router ═ UDP ═ cloud1 ═ inet ═ cloud2 ═ bob: ntm-router, TUN → bob-1    by bob-1's name
/// kernel   alice-1 → alice: forward, NAT  ─── cloud1 ─── inet ─── cloud2 ─── bob: forward → bob-1              by bob-1's own address
/// </code>
/// The second way is what the same two routers do with ordinary traffic: no queue, no process, no encryption. It needs different LAN subnets
/// and a route to bob's, which a plain Internet does not have.
/// </summary>
internal sealed class TwoRouters : IAsyncDisposable
{
    private static readonly TimeSpan DirectWithin = TimeSpan.FromSeconds(30);
    private readonly ProductWorld _world;

    private TwoRouters(ProductWorld world) => _world = world;

    /// <summary>Where flows begin.</summary>
    public Host Client => Alice.Site.Device;

    /// <summary>Where flows end.</summary>
    public Host Server => Bob.Site.Device;

    /// <summary>The server's name, which leads through the tunnel.</summary>
    public string NameByTunnel => Bob.Name("box");

    /// <summary>The server's own address, which the kernels forward to.</summary>
    public string AddressByKernel => Server.Address.ToString();

    private ProductRouter Alice => _world["alice"];

    private ProductRouter Bob => _world["bob"];

    /// <summary>Builds the world and waits until both ways work and the tunnel's path is direct.</summary>
    /// <param name="ports">What of bob's device is shared, as `ntm share --ports` takes it.</param>
    public static async Task<TwoRouters> CreateAsync(string ports)
    {
        var world = new TwoRouters(await ProductWorld.CreateAsync(Describe).ConfigureAwait(false));
        try
        {
            await world.Bob.ShareAsync(world.Server, "box", ports + ",icmp").ConfigureAwait(false);
            await world.LayKernelRouteAsync().ConfigureAwait(false);
            await world.WaitUntilDirectAsync().ConfigureAwait(false);
            return world;
        }
        catch
        {
            world.KeepLogs();
            await world.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What both ends of the tunnel have counted so far, and by which path it goes.</summary>
    public async Task<TunnelState> TunnelAsync()
    {
        if (await Alice.SessionAsync("bob").ConfigureAwait(false) is not { } here || await Bob.SessionAsync("alice").ConfigureAwait(false) is not { } there)
        {
            throw new LabException("there is no session between alice and bob");
        }

        return new(
            here.GetProperty("packetsOut").GetInt64(),
            here.GetProperty("bytesOut").GetInt64(),
            there.GetProperty("bytesIn").GetInt64(),
            here.GetProperty("cipher").GetString()!,
            IsDirect(here) && IsDirect(there) ? here.GetProperty("path").GetProperty("mtu").GetInt32() : null);

        static bool IsDirect(JsonElement session) =>
            session.GetProperty("path") is { ValueKind: JsonValueKind.Object } path && path.GetProperty("kind").GetString() == "direct";
    }

    /// <summary>Bytes that the relay has carried for users.</summary>
    public Task<long> RelayedAsync() => _world.RelayedPayloadBytesAsync();

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
        world.Site("bob", Presets.Cloud, new SiteOptions { Lan = IPNetwork.Parse("192.168.9.0/24") });
    }

    // Only towards bob: what comes back goes to alice's public address, since her router masquerades.
    private async Task LayKernelRouteAsync()
    {
        var place = Bob.Site.Uplink.Place;
        await _world.Lab.Core.IpAsync($"route add {Bob.Site.Lan} via {place.WanAddress}").ConfigureAwait(false);
        await place.Host.IpAsync($"route add {Bob.Site.Lan} via {Bob.Site.Uplink.Address}").ConfigureAwait(false);
        await Client.RunAsync("ping", "-n", "-c2", "-i0.2", "-W3", AddressByKernel).ConfigureAwait(false);
    }

    private async Task WaitUntilDirectAsync()
    {
        using var patience = new CancellationTokenSource(DirectWithin);
        do
        {
            await Client.RunAsync("ping", "-n", "-c3", "-i0.2", "-W5", NameByTunnel).ConfigureAwait(false);
            if ((await TunnelAsync().ConfigureAwait(false)).DirectMtu is not null)
            {
                return;
            }
        }
        while (!patience.IsCancellationRequested);
        throw new LabException($"the path between alice and bob was not direct within {DirectWithin.TotalSeconds} s");
    }
}

/// <summary>The tunnel between alice and bob at one moment.</summary>
/// <param name="PacketsSent">Inner packets that alice has put in.</param>
/// <param name="BytesSent">Inner bytes that alice has put in.</param>
/// <param name="BytesReceived">Inner bytes that bob has taken out.</param>
/// <param name="Cipher">The transport cipher.</param>
/// <param name="DirectMtu">Largest IP packet on the path, in bytes; null unless both ends send straight to each other.</param>
internal sealed record TunnelState(long PacketsSent, long BytesSent, long BytesReceived, string Cipher, int? DirectMtu);
