using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using NTMobile.Linux;

namespace NTMobile.NetfilterBridge;

// IPv6. The kernel asks, before all else but its table local:
//   1. to the virtual prefix   refused (what is for it was taken by the queue before routing)
//   2. in from the TUN         LAN table, else refused
//   3. bound to an uplink      the uplink's table, which says from which address
public static partial class PolicyRouting
{
    // What the kernel gives a route of IPv6 without a metric.
    private const uint Ipv6Metric = 1024;

    // IFA_F_DADFAILED, IFA_F_DEPRECATED, IFA_F_TENTATIVE: not to be spoken with.
    private const uint Useless = 0x08 | 0x20 | 0x40;
    private const uint Temporary = 0x01; // IFA_F_TEMPORARY (RFC 8981)
    private static readonly IPNetwork EverythingIpv6 = IPNetwork.Parse("::/0");
    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");

    /// <summary>Whether the running kernel knows IPv6.</summary>
    public static bool KernelHasIpv6 => Directory.Exists("/proc/sys/net/ipv6/conf");

    /// <summary>
    /// Finds an uplink's IPv6 address and its default route, whoever set them: router advertisements, DHCPv6, the owner. Of several addresses a global one is
    /// taken before a unique local one, and one that lasts before a temporary one, since sessions live longer than that.
    /// </summary>
    /// <param name="snapshot">The kernel's tables.</param>
    /// <param name="name">Interface.</param>
    /// <param name="table">Number for its own routing table.</param>
    /// <returns>Null when the interface has no carrier, no address that may be used, or no default route.</returns>
    public static UplinkNetwork? FindUplink6(NetworkSnapshot snapshot, string name, uint table)
    {
        var link = snapshot.Links.FirstOrDefault(l => l.Name == name && l.HasCarrier);
        var address = snapshot.Addresses
            .Where(a => a.LinkIndex == link?.Index && IsUsefulIpv6(a))
            .OrderBy(a => Global.Contains(a.Address) ? 0 : 1)
            .ThenBy(a => a.Flags & Temporary)
            .ThenBy(a => BinaryPrimitives.ReadUInt128BigEndian(a.Address.GetAddressBytes()))
            .FirstOrDefault();
        var outward = snapshot.Routes
            .Where(r => r.LinkIndex == link?.Index && r.Table == Route.MainTable && r.Type == RouteType.Unicast && r.Destination.Equals(EverythingIpv6))
            .MinBy(r => r.Metric);
        return address is null || outward is null ? null : new UplinkNetwork(name, table, address.Address, address.PrefixLength, outward.Gateway);
    }

    private static bool IsUsefulIpv6(InterfaceAddress address) =>
        address.Scope == 0 && address.Address.AddressFamily == AddressFamily.InterNetworkV6 && (address.Flags & Useless) == 0;

    private static IReadOnlyList<(IPAddress Address, int PrefixLength)> Ipv6Of(NetworkSnapshot snapshot, int link) =>
        [.. snapshot.Addresses
            .Where(a => a.LinkIndex == link && IsUsefulIpv6(a))
            .Select(a => (a.Address, a.PrefixLength))];

    private static IEnumerable<Rule> Ipv6Rules(PolicyRoutingOptions o)
    {
        if (o.HasIpv6)
        {
            var rule = new Rule(o.FirstPriority, o.GuardTable) { Family = AddressFamily.InterNetworkV6 };
            yield return rule with { Destination = o.VirtualPrefix6 };
            yield return rule with { Priority = o.FirstPriority + 1, Table = o.LanTable, InputInterface = o.TunName };
            yield return rule with { Priority = o.FirstPriority + 2, InputInterface = o.TunName };
            foreach (var uplink in o.Uplinks6)
            {
                yield return rule with { Priority = o.FirstPriority + 3, Table = uplink.Table, OutputInterface = uplink.Name };
            }
        }
    }

    private static IEnumerable<PlannedRoute> Ipv6Routes(PolicyRoutingOptions o)
    {
        if (o.HasIpv6)
        {
            yield return new PlannedRoute(
                new Route(EverythingIpv6) { Table = o.GuardTable, Type = RouteType.Unreachable, Metric = Ipv6Metric }, null);
            foreach (var lan in o.Lans)
            {
                foreach (var subnet in lan.Ipv6.Select(a => Ipv6Subnet(a.Address, a.PrefixLength)).Distinct())
                {
                    yield return new PlannedRoute(new Route(subnet) { Table = o.LanTable, Metric = Ipv6Metric }, lan.Name);
                }
            }

            foreach (var uplink in o.Uplinks6)
            {
                var route = new Route(EverythingIpv6) { Table = uplink.Table, PreferredSource = uplink.Address, Metric = Ipv6Metric };
                yield return new PlannedRoute(route with { Destination = Ipv6Subnet(uplink.Address, uplink.PrefixLength) }, uplink.Name);
                yield return new PlannedRoute(route with { Gateway = uplink.Gateway }, uplink.Name);
            }
        }
    }

    private static IEnumerable<PlannedSetting> Ipv6Settings(PolicyRoutingOptions o)
    {
        if (!o.HasIpv6 || o.Lans.All(l => l.Ipv6.Count == 0))
        {
            yield break;
        }

        foreach (var uplink in o.AdvertisedUplinks)
        {
            yield return new PlannedSetting(uplink, $"net/ipv6/conf/{uplink}/accept_ra", "2");
        }

        yield return new PlannedSetting(null, "net/ipv6/conf/all/forwarding", "1");
        yield return new PlannedSetting(o.TunName, $"net/ipv6/conf/{o.TunName}/disable_ipv6", "0");
    }

    private static IPNetwork Ipv6Subnet(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefixLength; bit < 128; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), prefixLength);
    }
}
