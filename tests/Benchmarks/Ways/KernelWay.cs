using System.Net;
using NTMobile.Lab;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>
/// What the same two routers do with ordinary traffic: forwarding and alice's masquerading, no queue, no process, no encryption. Nothing
/// else can carry it, since the target is bob's device's own address, so nothing counts.
/// </summary>
internal sealed class KernelWay(string target) : Way
{
    public const string WayKey = "kernel_forward";

    /// <summary>The LAN of the router that is reached so: another than that of the router that begins.</summary>
    public static readonly IPNetwork FarLan = IPNetwork.Parse("192.168.9.0/24");

    public override string Key => WayKey;

    public override string Title => "kernel forwarding, no tunnel";

    public override WayKind Kind => WayKind.Kernel;

    public override string Target => target;

    /// <summary>
    /// Lays the routes to the far LAN, and waits until a ping went there and back. Only in one direction: what comes back goes to the near router's public
    /// address, since it masquerades.
    /// </summary>
    public static async Task<KernelWay> LayAsync(ProductWorld world, Site near, Site far)
    {
        var place = far.Uplink.Place;
        await world.Lab.Core.IpAsync($"route add {far.Lan} via {place.WanAddress}").ConfigureAwait(false);
        await place.Host.IpAsync($"route add {far.Lan} via {far.Uplink.Address}").ConfigureAwait(false);
        await near.Device.RunAsync("ping", "-n", "-c2", "-i0.2", "-W3", $"{far.Device.Address}").ConfigureAwait(false);
        return new(far.Device.Address.ToString());
    }

    protected override Task<Carried?> CountAsync() => Task.FromResult<Carried?>(null);
}
