using System.Net;
using System.Net.Sockets;
using static NTMobile.Linux.Rtnetlink;

namespace NTMobile.Linux;

/// <summary>Reads and changes routes, rules, addresses and links of the current network namespace. One thread at a time may use it.</summary>
public sealed partial class RouteEditor : IDisposable
{
    /// <summary>RTPROT number that marks routes and rules as ours (the numbers from 192 on are for local use).</summary>
    public const byte Protocol = 198;

    private readonly NetlinkSocket _socket = new(Libc.NETLINK_ROUTE);

    /// <summary>Adds a route, or replaces the one with the same destination, metric and table.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void SetRoute(Route route) => EditRoute(RTM_NEWROUTE, Libc.NLM_F_CREATE | Libc.NLM_F_REPLACE, route);

    /// <summary>Deletes a route.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool DeleteRoute(Route route) => Forgiving(Libc.ESRCH, () => EditRoute(RTM_DELROUTE, 0, route));

    /// <summary>Adds a rule.</summary>
    /// <returns>False when the same rule was there.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool AddRule(Rule rule) =>
        Forgiving(Libc.EEXIST, () => EditRule(RTM_NEWRULE, Libc.NLM_F_CREATE | Libc.NLM_F_EXCL, rule));

    /// <summary>Deletes a rule.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool DeleteRule(Rule rule) => Forgiving(Libc.ENOENT, () => EditRule(RTM_DELRULE, 0, rule));

    /// <summary>Adds an address to an interface.</summary>
    /// <returns>False when it was there.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool AddAddress(InterfaceAddress address) =>
        Forgiving(Libc.EEXIST, () => EditAddress(RTM_NEWADDR, Libc.NLM_F_CREATE | Libc.NLM_F_EXCL, address));

    /// <summary>Takes an address from an interface.</summary>
    /// <returns>False when it was not there.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool DeleteAddress(InterfaceAddress address) =>
        Forgiving(Libc.EADDRNOTAVAIL, () => EditAddress(RTM_DELADDR, 0, address));

    /// <summary>Switches a link on or off, or changes its MTU.</summary>
    /// <param name="linkIndex">Number of the interface.</param>
    /// <param name="isUp">On or off; null leaves it.</param>
    /// <param name="mtu">Bytes; null leaves it.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void SetLink(int linkIndex, bool? isUp = null, int? mtu = null)
    {
        var writer = new NetlinkWriter(stackalloc byte[128]);
        writer.Begin(RTM_NEWLINK, Libc.NLM_F_ACK, _socket.NextSequence());
        writer.Body(new ifinfomsg { ifi_index = linkIndex, ifi_change = isUp is null ? 0 : IFF_UP, ifi_flags = isUp == true ? IFF_UP : 0 });
        if (mtu is { } bytes)
        {
            writer.Attribute(IFLA_MTU, (uint)bytes);
        }

        writer.End();
        _socket.Execute(writer.Written, $"set link {linkIndex}");
    }

    /// <summary>Lets the kernel ask at once whether a neighbour is still there; some seconds later it is reachable or failed.</summary>
    /// <returns>False when the kernel does not know it any more.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool ProbeNeighbour(Neighbour neighbour) => Forgiving(Libc.ENOENT, () =>
    {
        // Without a hardware address the kernel keeps the one it knows: another device may have come in between.
        var writer = new NetlinkWriter(stackalloc byte[128]);
        writer.Begin(RTM_NEWNEIGH, Libc.NLM_F_ACK, _socket.NextSequence());
        writer.Body(new ndmsg { ndm_family = FamilyOf(neighbour.Address.AddressFamily), ndm_ifindex = neighbour.LinkIndex, ndm_state = NUD_PROBE });
        Address(ref writer, NDA_DST, neighbour.Address);
        writer.End();
        _socket.Execute(writer.Written, $"probe neighbour {neighbour.Address}");
    });

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static bool Forgiving(int errno, Action edit)
    {
        try
        {
            edit();
            return true;
        }
        catch (LinuxException e) when (e.Errno == errno)
        {
            return false;
        }
    }

    private static byte FamilyOf(AddressFamily family) => (byte)(family == AddressFamily.InterNetwork ? Libc.AF_INET : Libc.AF_INET6);

    // IPv6 has no scopes of routes.
    private static byte ScopeOf(Route route)
    {
        const byte universe = 0, link = 253, host = 254;
        return route.Type switch
        {
            _ when route.Family == AddressFamily.InterNetworkV6 => universe,
            RouteType.Local => host,
            RouteType.Broadcast => link,
            RouteType.Unicast when route.Gateway is null => link,
            _ => universe,
        };
    }

    private static void Address(ref NetlinkWriter writer, ushort type, IPAddress? address)
    {
        if (address is not null)
        {
            writer.Attribute(type, address.GetAddressBytes());
        }
    }

    private static void Number(ref NetlinkWriter writer, ushort type, uint value)
    {
        if (value != 0)
        {
            writer.Attribute(type, value);
        }
    }

    private void EditRoute(ushort type, int flags, Route route)
    {
        var writer = new NetlinkWriter(stackalloc byte[256]);
        writer.Begin(type, flags | Libc.NLM_F_ACK, _socket.NextSequence());
        writer.Body(new rtmsg
        {
            rtm_family = FamilyOf(route.Family),
            rtm_dst_len = (byte)route.Destination.PrefixLength,
            rtm_table = route.Table < 256 ? (byte)route.Table : (byte)0,
            rtm_protocol = route.Protocol,
            rtm_scope = ScopeOf(route),
            rtm_type = (byte)route.Type,
            rtm_flags = route.OnLink ? RTNH_F_ONLINK : 0,
        });
        Address(ref writer, RTA_DST, route.Destination.PrefixLength == 0 ? null : route.Destination.BaseAddress);
        Address(ref writer, RTA_GATEWAY, route.Gateway);
        Address(ref writer, RTA_PREFSRC, route.PreferredSource);
        Number(ref writer, RTA_OIF, (uint)route.LinkIndex);
        Number(ref writer, RTA_PRIORITY, route.Metric);
        writer.Attribute(RTA_TABLE, route.Table);
        if (route.Mtu != 0)
        {
            var metrics = writer.BeginNested(RTA_METRICS);
            writer.Attribute(RTAX_MTU, (uint)route.Mtu);
            writer.EndNested(metrics);
        }

        writer.End();
        _socket.Execute(writer.Written, $"{(type == RTM_NEWROUTE ? "set" : "delete")} route {route.Destination} table {route.Table}");
    }

    private void EditRule(ushort type, int flags, Rule rule)
    {
        const byte toTable = 1;
        var writer = new NetlinkWriter(stackalloc byte[512]);
        writer.Begin(type, flags | Libc.NLM_F_ACK, _socket.NextSequence());
        writer.Body(new fib_rule_hdr
        {
            family = FamilyOf(rule.Family),
            dst_len = (byte)(rule.Destination?.PrefixLength ?? 0),
            src_len = (byte)(rule.Source?.PrefixLength ?? 0),
            table = rule.Table < 256 ? (byte)rule.Table : (byte)0,
            action = toTable,
        });
        writer.Attribute(FRA_PRIORITY, rule.Priority);
        writer.Attribute(FRA_TABLE, rule.Table);
        writer.Attribute(FRA_PROTOCOL, [rule.Protocol]);
        Address(ref writer, FRA_SRC, rule.Source?.BaseAddress);
        Address(ref writer, FRA_DST, rule.Destination?.BaseAddress);
        if (rule.MarkMask != 0)
        {
            writer.Attribute(FRA_FWMARK, rule.Mark);
            writer.Attribute(FRA_FWMASK, rule.MarkMask);
        }

        if (rule.InputInterface is { } input)
        {
            writer.Attribute(FRA_IIFNAME, input);
        }

        if (rule.OutputInterface is { } output)
        {
            writer.Attribute(FRA_OIFNAME, output);
        }

        if (rule.SuppressPrefixLength >= 0)
        {
            writer.Attribute(FRA_SUPPRESS_PREFIXLEN, (uint)rule.SuppressPrefixLength);
        }

        writer.End();
        _socket.Execute(writer.Written, $"{(type == RTM_NEWRULE ? "add" : "delete")} rule {rule.Priority} table {rule.Table}");
    }

    private void EditAddress(ushort type, int flags, InterfaceAddress address)
    {
        var writer = new NetlinkWriter(stackalloc byte[128]);
        writer.Begin(type, flags | Libc.NLM_F_ACK, _socket.NextSequence());
        writer.Body(new ifaddrmsg
        {
            ifa_family = FamilyOf(address.Address.AddressFamily),
            ifa_prefixlen = (byte)address.PrefixLength,
            ifa_scope = address.Scope,
            ifa_index = (uint)address.LinkIndex,
        });
        Address(ref writer, IFA_LOCAL, address.Address);
        Address(ref writer, IFA_ADDRESS, address.Address);
        if (address.Flags != 0)
        {
            writer.Attribute(IFA_FLAGS, address.Flags);
        }

        writer.End();
        _socket.Execute(writer.Written, $"{(type == RTM_NEWADDR ? "add" : "delete")} address {address.Address}");
    }
}
