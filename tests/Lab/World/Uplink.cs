using System.Diagnostics;
using System.Net;

namespace NTMobile.Lab;

/// <summary>One way of a router to the Internet: its interface, the cable, and the place where the cable is plugged in.</summary>
public sealed class Uplink
{
    private static readonly TimeSpan CarrierPatience = TimeSpan.FromSeconds(5);
    private readonly Host _router;
    private readonly string _port;
    private readonly int _number;
    private int? _lease;

    internal Uplink(Host router, int number, Place place)
    {
        _router = router;
        _number = number;
        _port = SitePlan.PortName(router.Name, number);
        Place = place;
    }

    /// <summary>The router's interface: wan0, wan1, …</summary>
    public string Interface => $"wan{_number}";

    /// <summary>Where the cable is plugged in.</summary>
    public Place Place { get; private set; }

    /// <summary>The IPv4 address on the interface; null while there is none.</summary>
    public IPAddress? Address => _lease is int lease && Place.OffersIPv4 ? Place.Inside.Nth(lease) : null;

    /// <summary>The global IPv6 address on the interface; null while there is none.</summary>
    public IPAddress? Address6 => _lease is int lease ? Place.Inside6?.Nth(lease) : null;

    /// <summary>The IPv4 address that the Internet sees: the router's own, or that of the outermost NAT; null while there is none.</summary>
    public IPAddress? PublicAddress => _lease is null || Place.Preset.IsPublic ? Address : Place.OutermostAddress;

    /// <summary>The cable loses its carrier. Addresses stay, as they do without a DHCP client.</summary>
    public Task LinkDownAsync() => Place.Host.IpAsync($"link set {_port} down");

    /// <summary>
    /// The carrier comes back, with the address as it was; the default route is set again. Completes when both ends of the cable carry packets.
    /// </summary>
    /// <exception cref="LabException">An end is not operational after 5 s.</exception>
    public async Task LinkUpAsync()
    {
        await Place.Host.IpAsync($"link set {_port} up").ConfigureAwait(false);
        await WaitUntilOperationalAsync(_router, Interface).ConfigureAwait(false);
        await WaitUntilOperationalAsync(Place.Host, _port).ConfigureAwait(false);
        await WaitUntilOperationalAsync(Place.Host, "in0").ConfigureAwait(false); // a bridge without a live port has no carrier of its own

        // The kernel's link watcher shows the state first, then lets packets through, all under one lock; who changes a link waits for the lock.
        await _router.IpAsync($"link set {Interface} up").ConfigureAwait(false);
        await Place.Host.IpAsync($"link set {_port} up", "link set in0 up").ConfigureAwait(false);

        // Whoever asked for the other end's link address in vain asks again only a second later.
        await _router.IpAsync([$"neigh flush dev {Interface}", .. DefaultRoutes()]).ConfigureAwait(false);
        await Place.Host.IpAsync("neigh flush dev in0").ConfigureAwait(false);
    }

    /// <summary>Everything in the cable is lost, in both directions, while the carrier stays; or it passes again.</summary>
    public Task DropSilentlyAsync(bool dropping) =>
        Place.Host.IpAsync(dropping ? $"link set {_port} nomaster" : $"link set {_port} master in0");

    /// <summary>
    /// Moves the cable to another place, or plugs it in anew at the same: carrier lost, address flushed, carrier back
    /// after <paramref name="carrierDelay"/>, and <paramref name="addressDelay"/> later (what DHCP would take) a new address
    /// and default route, and <paramref name="resolverDelay"/> after that the place's name server. Completes when they are there.
    /// </summary>
    public async Task ReplugAsync(Place place, TimeSpan carrierDelay = default, TimeSpan addressDelay = default, TimeSpan resolverDelay = default)
    {
        await Place.Host.IpAsync($"link set {_port} down").ConfigureAwait(false);
        await DropAddressAsync().ConfigureAwait(false);
        if (place != Place)
        {
            await Place.Host.IpAsync($"link set {_port} netns {place.Name}").ConfigureAwait(false);
            Place = place;
        }

        await Task.Delay(carrierDelay).ConfigureAwait(false);
        await Place.Host.IpAsync($"link set {_port} master in0", $"link set {_port} up").ConfigureAwait(false);
        await Task.Delay(addressDelay).ConfigureAwait(false);
        await TakeAddressAsync(resolverDelay).ConfigureAwait(false);
    }

    /// <summary>A new address of the same place replaces the old one, with the carrier kept, as after an expired lease.</summary>
    public async Task RenumberAsync()
    {
        await DropAddressAsync().ConfigureAwait(false);
        await TakeAddressAsync().ConfigureAwait(false);
    }

    /// <summary>Takes an address of the place as a DHCP client would.</summary>
    internal async Task TakeAddressAsync(TimeSpan resolverDelay = default)
    {
        await _router.IpAsync(TakeAddress()).ConfigureAwait(false);
        await Task.Delay(resolverDelay).ConfigureAwait(false);
        PlannedHost.SetResolver(_router.Name, Place.Resolver ?? Place.WorldResolver);
    }

    /// <summary>The same as lines of ip(8) for the router.</summary>
    internal IReadOnlyList<string> TakeAddress()
    {
        int lease = Place.Lease();
        _lease = lease;
        List<string> lines = [];
        if (Place.OffersIPv4)
        {
            lines.Add($"addr add {Place.Inside.OnLink(lease)} dev {Interface}");
        }

        if (Place.Inside6 is { } subnet)
        {
            lines.Add($"addr add {subnet.OnLink(lease)} dev {Interface}");
        }

        return [.. lines, .. DefaultRoutes()];
    }

    private async Task DropAddressAsync()
    {
        int? old = _lease;
        _lease = null;
        await _router.IpAsync($"addr flush dev {Interface} scope global").ConfigureAwait(false);
        if (Place.Inside6 is not null)
        {
            // Unlike that of IPv4 it does not go with the address.
            await _router.RunAsync("ip", "-6", "route", "flush", "default", "dev", Interface).ConfigureAwait(false);
        }

        if (old is int lease)
        {
            Place.Release(lease);
        }
    }

    // The kernel's link watcher makes an interface operational up to a second after its carrier is back; what is sent before is lost.
    private static async Task WaitUntilOperationalAsync(Host host, string name)
    {
        var waited = Stopwatch.StartNew();
        while ((await host.RunAsync("cat", $"/sys/class/net/{name}/operstate").ConfigureAwait(false)).Trim() is var state && state != "up")
        {
            if (waited.Elapsed > CarrierPatience)
            {
                throw new LabException($"{name} of {host} should be up again, and its operational state is {state} after {waited.Elapsed.TotalSeconds:F0} s");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20)).ConfigureAwait(false);
        }
    }

    private IEnumerable<string> DefaultRoutes() =>
        from gateway in new[] { Address is null ? null : Place.Gateway, Address6 is null ? null : PlaceIPv6.Gateway }
        where gateway is not null
        select $"route replace default via {gateway} dev {Interface} metric {100 + _number}";
}
