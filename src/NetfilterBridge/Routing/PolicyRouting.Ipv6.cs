using System.Net;
using System.Net.Sockets;
using NTMobile.Linux;

namespace NTMobile.NetfilterBridge;

// IPv6 of the LAN. The kernel asks, before all else but its table local:
//   1. to the virtual prefix   refused (what is for it was taken by the queue before routing)
//   2. in from the TUN         LAN table, else refused
public static partial class PolicyRouting
{
    // What the kernel gives a route of IPv6 without a metric.
    private const uint Ipv6Metric = 1024;

    // IFA_F_DADFAILED, IFA_F_DEPRECATED, IFA_F_TENTATIVE: not to be spoken with.
    private const uint Useless = 0x08 | 0x20 | 0x40;
    private static readonly IPNetwork EverythingIpv6 = IPNetwork.Parse("::/0");

    /// <summary>Whether the running kernel knows IPv6.</summary>
    public static bool KernelHasIpv6 => Directory.Exists("/proc/sys/net/ipv6/conf");

    private static IReadOnlyList<(IPAddress Address, int PrefixLength)> Ipv6Of(NetworkSnapshot snapshot, int link) =>
        [.. snapshot.Addresses
            .Where(a => a.LinkIndex == link && a.Scope == 0 && a.Address.AddressFamily == AddressFamily.InterNetworkV6 && (a.Flags & Useless) == 0)
            .Select(a => (a.Address, a.PrefixLength))];

    private static IEnumerable<Rule> Ipv6Rules(PolicyRoutingOptions o)
    {
        if (o.HasIpv6)
        {
            var rule = new Rule(o.FirstPriority, o.GuardTable) { Family = AddressFamily.InterNetworkV6 };
            yield return rule with { Destination = o.VirtualPrefix6 };
            yield return rule with { Priority = o.FirstPriority + 1, Table = o.LanTable, InputInterface = o.TunName };
            yield return rule with { Priority = o.FirstPriority + 2, InputInterface = o.TunName };
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
