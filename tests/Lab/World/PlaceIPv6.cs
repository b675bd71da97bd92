using System.Net;

namespace NTMobile.Lab;

/// <summary>The IPv6 of a place on paper: global addresses on both sides, routed by the core.</summary>
internal sealed class PlaceIPv6
{
    private const int FirstCustomer = 2;
    private readonly PlannedHost _host;
    private readonly PlaceIPv6? _provider;
    private readonly int _number;
    private int _customers;

    /// <param name="world">The world, with the core.</param>
    /// <param name="host">The place's namespace.</param>
    /// <param name="provider">The place that `wan` is plugged into; null: the core.</param>
    public PlaceIPv6(WorldBuilder world, PlannedHost host, PlaceIPv6? provider)
    {
        // Unlike those of IPv4, addresses go with an interface that is set down, as it is in a reboot.
        host.Set("net/ipv6/conf/all/keep_addr_on_down=1");
        _host = host;
        _provider = provider;
        _number = FirstCustomer + (provider is null ? 0 : provider._customers++);
        Wan = provider?.Inside ?? world.Addresses.Transit6.Next();
        Inside = world.Addresses.Places6.Next();
    }

    /// <summary>The gateway of the routers that are plugged in: a link-local address, as a router advertises it.</summary>
    public static IPAddress Gateway { get; } = IPAddress.Parse("fe80::1");

    /// <summary>The subnet between core or provider (::1) and place (from ::2 on).</summary>
    public IPNetwork Wan { get; }

    /// <summary>The subnet at the cable; the place itself has ::1.</summary>
    public IPNetwork Inside { get; }

    /// <summary>Routes the subnet at the cable from the core to the place; <paramref name="cable"/> is the interface there, or at the provider.</summary>
    public void PlugIn(WorldBuilder world, string cable)
    {
        if (_provider is null)
        {
            world.Core.Ip.Add($"addr add {Wan.OnLink(1)} dev {cable}");
        }

        Route(world, Inside, cable);
    }

    /// <summary>Lines of ip(8) for the place.</summary>
    public IReadOnlyList<string> Lines() =>
        [$"addr add {Wan.OnLink(_number)} dev wan", $"addr add {Inside.OnLink(1)} dev in0", $"addr add {Gateway}/64 dev in0"];

    /// <summary>Lines of ip(8) that set the place's two routes; <paramref name="size"/> holds words about the MTU.</summary>
    public IReadOnlyList<string> Routes(string size) =>
    [
        // On-link, since the subnet's own route comes back a moment after the link does.
        $"route replace default via {Wan.Nth(1)} dev wan onlink{size}",
        $"route replace {Inside} dev in0 proto kernel metric 256{size}",
    ];

    private void Route(WorldBuilder world, IPNetwork subnet, string cable)
    {
        if (_provider is null)
        {
            world.Core.Ip.Add($"route add {subnet} via {Wan.Nth(_number)} dev {cable}");
            return;
        }

        _provider._host.Ip.Add($"route add {subnet} via {Wan.Nth(_number)} dev in0");
        _provider.Route(world, subnet, _provider._host.Name);
    }
}
