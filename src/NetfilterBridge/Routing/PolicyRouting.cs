using System.Buffers.Binary;
using System.Net;
using NTMobile.Linux;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// Plans the routing of a router whose uplinks may have the LAN's own addresses. The kernel asks, in this order:
/// <code>
/// 1. to the virtual prefix            refused (what is for it was taken by the queue before routing)
/// 2. in from the TUN                  LAN table, else refused
/// 3. marked as reply to the LAN       LAN table, even if the address is also one of the router's own on an uplink
/// 4. in from, or bound to, a LAN      LAN table; likewise the router's own packets from its LAN address
/// 5. bound to an uplink               the uplink's table
/// 6. in from an uplink                the uplink's table without its default route
/// 7.                                  local
/// 8. own packets from an uplink's address   the uplink's table
/// 9.                                  LAN table; main without default routes; the chosen uplink's table; main
/// </code>
/// A table without an answer passes on to the next rule.
/// </summary>
public static partial class PolicyRouting
{
    private static readonly IPNetwork Everything = IPNetwork.Parse("0.0.0.0/0");

    /// <summary>Plans; touches nothing.</summary>
    public static RoutingPlan Plan(PolicyRoutingOptions options) =>
        new(
            [.. Rules(options), .. Ipv6Rules(options)],
            [.. Routes(options), .. Ipv6Routes(options)],
            [.. Settings(options), .. Ipv6Settings(options)],
            OwnTables(options));

    /// <summary>Finds an uplink's IPv4 addresses as a DHCP client or the owner set them: its first global IPv4 address and its default route.</summary>
    /// <param name="snapshot">The kernel's tables.</param>
    /// <param name="name">Interface.</param>
    /// <param name="table">Number for its own routing table.</param>
    /// <returns>Null when the interface has no carrier or no address.</returns>
    public static UplinkNetwork? FindUplink(NetworkSnapshot snapshot, string name, uint table)
    {
        var link = snapshot.Links.FirstOrDefault(l => l.Name == name && l.HasCarrier);
        var address = snapshot.Addresses.FirstOrDefault(a => a.LinkIndex == link?.Index && IsGlobalIpv4(a));
        if (link is null || address is null)
        {
            return null;
        }

        var gateway = snapshot.Routes
            .Where(r => r.LinkIndex == link.Index && r.Table == Route.MainTable && r.Destination.Equals(Everything))
            .MinBy(r => r.Metric)?.Gateway;
        return new UplinkNetwork(name, table, address.Address, address.PrefixLength, gateway);
    }

    /// <summary>Finds a LAN's addresses: the interface's first global IPv4 address, and all of IPv6 that are in use.</summary>
    /// <returns>Null when the interface has none.</returns>
    public static LanNetwork? FindLan(NetworkSnapshot snapshot, string name)
    {
        var link = snapshot.Links.FirstOrDefault(l => l.Name == name);
        var address = snapshot.Addresses.FirstOrDefault(a => a.LinkIndex == link?.Index && IsGlobalIpv4(a));
        return address is null ? null : new LanNetwork(name, address.Address, address.PrefixLength) { Ipv6 = Ipv6Of(snapshot, link!.Index) };
    }

    private static bool IsGlobalIpv4(InterfaceAddress address) =>
        address.Scope == 0 && address.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;

    private static IEnumerable<Rule> Rules(PolicyRoutingOptions o)
    {
        const string own = "lo";
        var p = o.FirstPriority;
        yield return new Rule(p++, o.GuardTable) { Destination = o.VirtualPrefix };
        yield return new Rule(p++, o.LanTable) { InputInterface = o.TunName };
        yield return new Rule(p++, o.GuardTable) { InputInterface = o.TunName };
        yield return new Rule(p++, o.LanTable) { Mark = o.LanMark, MarkMask = o.LanMark };
        foreach (var lan in o.Lans)
        {
            yield return new Rule(p, o.LanTable) { InputInterface = lan.Name };
            yield return new Rule(p + 1, o.LanTable) { OutputInterface = lan.Name };
            yield return new Rule(p + 4, o.LanTable) { InputInterface = own, Source = new IPNetwork(lan.Address, 32) };
        }

        foreach (var uplink in o.Uplinks)
        {
            // A packet of the router's own may be bound to an uplink and have the LAN's address as its source, so this stands before p + 4.
            yield return new Rule(p + 2, uplink.Table) { OutputInterface = uplink.Name };
            yield return new Rule(p + 3, uplink.Table) { InputInterface = uplink.Name, SuppressPrefixLength = 0 };
        }

        p = o.LocalPriority;
        yield return new Rule(p++, Route.LocalTable);
        foreach (var uplink in o.Uplinks)
        {
            yield return new Rule(p, uplink.Table) { InputInterface = own, Source = new IPNetwork(uplink.Address, 32) };
        }

        yield return new Rule(p + 1, o.LanTable);
        yield return new Rule(p + 2, Route.MainTable) { SuppressPrefixLength = 0 };
        if (o.Uplinks.FirstOrDefault(u => u.Name == o.ChosenUplink) is { } chosen)
        {
            yield return new Rule(p + 3, chosen.Table);
        }
    }

    private static IEnumerable<PlannedRoute> Routes(PolicyRoutingOptions o)
    {
        yield return new PlannedRoute(new Route(Everything) { Table = o.GuardTable, Type = RouteType.Unreachable }, null);
        foreach (var route in o.Lans.SelectMany(lan => Connected(o.LanTable, lan.Name, lan.Address, lan.PrefixLength)))
        {
            yield return route;
        }

        foreach (var uplink in o.Uplinks)
        {
            foreach (var route in Connected(uplink.Table, uplink.Name, uplink.Address, uplink.PrefixLength))
            {
                yield return route;
            }

            // Not the kernel's "onlink" flag: it refuses a gateway whose address is one of the router's own on the LAN.
            var outer = new Route(Everything) { Table = uplink.Table, PreferredSource = uplink.Address };
            if (uplink.Gateway is { } gateway && !Network(uplink.Address, uplink.PrefixLength).Contains(gateway))
            {
                yield return new PlannedRoute(outer with { Destination = new IPNetwork(gateway, 32) }, uplink.Name);
            }

            yield return new PlannedRoute(outer with { Gateway = uplink.Gateway }, uplink.Name);
        }
    }

    // What the kernel itself puts into local and main for an address.
    private static IEnumerable<PlannedRoute> Connected(uint table, string link, IPAddress address, int prefixLength)
    {
        yield return new PlannedRoute(
            new Route(new IPNetwork(address, 32)) { Table = table, Type = RouteType.Local, PreferredSource = address }, link);
        if (prefixLength > 31)
        {
            yield break;
        }

        yield return new PlannedRoute(new Route(Network(address, prefixLength)) { Table = table, PreferredSource = address }, link);
        if (prefixLength < 31)
        {
            var last = ToAddress(ToNumber(address) | ~Mask(prefixLength));
            yield return new PlannedRoute(
                new Route(new IPNetwork(last, 32)) { Table = table, Type = RouteType.Broadcast, PreferredSource = address }, link);
        }
    }

    private static uint Mask(int prefixLength) => prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);

    internal static IPNetwork Network(IPAddress address, int prefixLength) =>
        new(ToAddress(ToNumber(address) & Mask(prefixLength)), prefixLength);

    private static uint ToNumber(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static IPAddress ToAddress(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return new IPAddress(bytes);
    }

    private static IEnumerable<PlannedSetting> Settings(PolicyRoutingOptions o)
    {
        yield return new PlannedSetting(null, "net/ipv4/ip_forward", "1");
        yield return new PlannedSetting(null, "net/ipv4/conf/all/rp_filter", "0");
        // An ICMP error then has a source that leads it back to where the packet came from.
        yield return new PlannedSetting(null, "net/ipv4/icmp_errors_use_inbound_ifaddr", "1");
        foreach (var name in (string[])[o.TunName, .. o.Lans.Select(l => l.Name), .. o.Uplinks.Select(u => u.Name)])
        {
            // A source address may be one of the router's own: DNS answers from the TUN, a LAN device with the uplink's address.
            yield return new PlannedSetting(name, $"net/ipv4/conf/{name}/rp_filter", "0");
            yield return new PlannedSetting(name, $"net/ipv4/conf/{name}/accept_local", "1");
            // ARP speaks of an interface's own addresses only.
            yield return new PlannedSetting(name, $"net/ipv4/conf/{name}/arp_ignore", "1");
            yield return new PlannedSetting(name, $"net/ipv4/conf/{name}/arp_announce", "2");
        }
    }

    private static HashSet<uint> OwnTables(PolicyRoutingOptions o)
    {
        var tables = new HashSet<uint> { o.LanTable, o.GuardTable };
        for (uint i = 0; i < PolicyRoutingOptions.UplinkTables; i++)
        {
            tables.Add(PolicyRoutingOptions.FirstUplinkTable + i);
        }

        tables.UnionWith(o.Uplinks.Concat(o.Uplinks6).Select(u => u.Table));
        return tables;
    }
}
