using System.Net;

namespace NTMobile.Lab;

/// <summary>The IPv6 of a place on paper: global addresses on both sides, routed by the core.</summary>
internal sealed class PlaceIPv6
{
    public PlaceIPv6(WorldBuilder world, PlannedHost place)
    {
        // Unlike those of IPv4, addresses go with an interface that is set down, as it is in a reboot.
        place.Set("net/ipv6/conf/all/keep_addr_on_down=1");
        Wan = world.Addresses.Transit6.Next();
        Inside = world.Addresses.Places6.Next();
    }

    /// <summary>The gateway of the routers that are plugged in: a link-local address, as a router advertises it.</summary>
    public static IPAddress Gateway { get; } = IPAddress.Parse("fe80::1");

    /// <summary>The subnet between core (::1) and place (::2).</summary>
    public IPNetwork Wan { get; }

    /// <summary>The subnet at the cable; the place itself has ::1.</summary>
    public IPNetwork Inside { get; }

    /// <summary>Lines of ip(8) for the core; <paramref name="cable"/> is its interface to the place.</summary>
    public IReadOnlyList<string> CoreLines(string cable) =>
        [$"addr add {Wan.OnLink(1)} dev {cable}", $"route add {Inside} via {Wan.Nth(2)}"];

    /// <summary>Lines of ip(8) for the place.</summary>
    public IReadOnlyList<string> Lines() =>
        [$"addr add {Wan.OnLink(2)} dev wan", $"addr add {Inside.OnLink(1)} dev in0", $"addr add {Gateway}/64 dev in0"];

    /// <summary>Lines of ip(8) that set the place's two routes; <paramref name="size"/> holds words about the MTU.</summary>
    public IReadOnlyList<string> Routes(string size) =>
    [
        // On-link, since the subnet's own route comes back a moment after the link does.
        $"route replace default via {Wan.Nth(1)} dev wan onlink{size}",
        $"route replace {Inside} dev in0 proto kernel metric 256{size}",
    ];
}
