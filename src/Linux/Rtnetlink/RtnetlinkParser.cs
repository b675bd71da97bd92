using System.Net;
using System.Net.Sockets;
using static NTMobile.Linux.Rtnetlink;

namespace NTMobile.Linux;

/// <summary>Reads rtnetlink's messages. A malformed one, or one of a family that is none of ours, returns null.</summary>
internal static class RtnetlinkParser
{
    public static NetworkChange? Change(in NetlinkMessage message) => message.Type switch
    {
        RTM_NEWLINK or RTM_DELLINK when Link(message) is { } link => new LinkChanged(link, message.Type == RTM_DELLINK),
        RTM_NEWADDR or RTM_DELADDR when Address(message) is { } address => new AddressChanged(address, message.Type == RTM_DELADDR),
        RTM_NEWROUTE or RTM_DELROUTE when Route(message) is { } route => new RouteChanged(route, message.Type == RTM_DELROUTE),
        _ => null,
    };

    public static Link? Link(in NetlinkMessage message)
    {
        // A bridge's ports are told a second time in the bridge's own family.
        if (!message.TryReadBody(out ifinfomsg body, out var attributes) || body.ifi_family != Libc.AF_UNSPEC)
        {
            return null;
        }

        string name = string.Empty, kind = string.Empty;
        (ulong hardware, int mtu, int master) = (0, 0, 0);
        while (attributes.TryRead(out var type, out var value))
        {
            switch (type)
            {
                case IFLA_IFNAME: name = NetlinkAttributes.String(value); break;
                case IFLA_MTU: mtu = (int)NetlinkAttributes.UInt32(value); break;
                case IFLA_MASTER: master = (int)NetlinkAttributes.UInt32(value); break;
                case IFLA_ADDRESS: hardware = Hardware(value); break;
                case IFLA_LINKINFO: kind = Kind(value); break;
            }
        }

        var up = (body.ifi_flags & IFF_UP) != 0;
        var carrier = up && (body.ifi_flags & IFF_LOWER_UP) != 0 && (body.ifi_flags & IFF_RUNNING) != 0;
        return new Link(body.ifi_index, name, up, carrier, mtu, kind, hardware, master);
    }

    public static InterfaceAddress? Address(in NetlinkMessage message)
    {
        if (!message.TryReadBody(out ifaddrmsg body, out var attributes))
        {
            return null;
        }

        IPAddress? address = null, local = null;
        uint flags = body.ifa_flags;
        while (attributes.TryRead(out var type, out var value))
        {
            switch (type)
            {
                // On a point-to-point link IFA_ADDRESS is the other end.
                case IFA_LOCAL: local = Ip(body.ifa_family, value); break;
                case IFA_ADDRESS: address = Ip(body.ifa_family, value); break;
                case IFA_FLAGS: flags = NetlinkAttributes.UInt32(value); break;
            }
        }

        return (local ?? address) is { } own
            ? new InterfaceAddress((int)body.ifa_index, own, body.ifa_prefixlen, body.ifa_scope, flags)
            : null;
    }

    public static Route? Route(in NetlinkMessage message)
    {
        if (!message.TryReadBody(out rtmsg body, out var attributes) || (body.rtm_flags & RTM_F_CLONED) != 0
            || body.rtm_dst_len > Bits(body.rtm_family))
        {
            return null;
        }

        var route = new Route(new IPNetwork(Any(body.rtm_family), 0))
        {
            Table = body.rtm_table,
            Type = (RouteType)body.rtm_type,
            Protocol = body.rtm_protocol,
            OnLink = (body.rtm_flags & RTNH_F_ONLINK) != 0,
        };
        while (attributes.TryRead(out var type, out var value))
        {
            route = type switch
            {
                RTA_DST when Ip(body.rtm_family, value) is { } ip => route with { Destination = Network(ip, body.rtm_dst_len) },
                RTA_OIF => route with { LinkIndex = (int)NetlinkAttributes.UInt32(value) },
                RTA_GATEWAY => route with { Gateway = Ip(body.rtm_family, value) },
                RTA_PRIORITY => route with { Metric = NetlinkAttributes.UInt32(value) },
                RTA_PREFSRC => route with { PreferredSource = Ip(body.rtm_family, value) },
                RTA_TABLE => route with { Table = NetlinkAttributes.UInt32(value) },
                RTA_METRICS => route with { Mtu = RouteMtu(value) },
                _ => route,
            };
        }

        return route;
    }

    public static Neighbour? Neighbour(in NetlinkMessage message)
    {
        if (!message.TryReadBody(out ndmsg body, out var attributes))
        {
            return null;
        }

        IPAddress? address = null;
        ulong hardware = 0;
        while (attributes.TryRead(out var type, out var value))
        {
            switch (type)
            {
                case NDA_DST: address = Ip(body.ndm_family, value); break;
                case NDA_LLADDR: hardware = Hardware(value); break;
            }
        }

        return address is null ? null : new Neighbour(body.ndm_ifindex, address, hardware, body.ndm_state);
    }

    public static Rule? Rule(in NetlinkMessage message)
    {
        const byte toTable = 1;
        if (!message.TryReadBody(out fib_rule_hdr body, out var attributes) || body.action != toTable
            || Math.Max(body.src_len, body.dst_len) > Bits(body.family))
        {
            return null;
        }

        var family = body.family == Libc.AF_INET ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var rule = new Rule(0, body.table) { Family = family, Protocol = 0 };
        while (attributes.TryRead(out var type, out var value))
        {
            rule = type switch
            {
                FRA_PRIORITY => rule with { Priority = NetlinkAttributes.UInt32(value) },
                FRA_TABLE => rule with { Table = NetlinkAttributes.UInt32(value) },
                FRA_FWMARK => rule with { Mark = NetlinkAttributes.UInt32(value) },
                FRA_FWMASK => rule with { MarkMask = NetlinkAttributes.UInt32(value) },
                FRA_IIFNAME => rule with { InputInterface = NetlinkAttributes.String(value) },
                FRA_OIFNAME => rule with { OutputInterface = NetlinkAttributes.String(value) },
                FRA_SUPPRESS_PREFIXLEN => rule with { SuppressPrefixLength = (int)NetlinkAttributes.UInt32(value) },
                FRA_PROTOCOL when value.Length > 0 => rule with { Protocol = value[0] },
                FRA_SRC when Ip(body.family, value) is { } ip => rule with { Source = Network(ip, body.src_len) },
                FRA_DST when Ip(body.family, value) is { } ip => rule with { Destination = Network(ip, body.dst_len) },
                _ => rule,
            };
        }

        return rule;
    }

    private static IPAddress Any(byte family) => family == Libc.AF_INET ? IPAddress.Any : IPAddress.IPv6Any;

    private static IPAddress? Ip(byte family, ReadOnlySpan<byte> value) => (family, value.Length) switch
    {
        (Libc.AF_INET, 4) or (Libc.AF_INET6, 16) => new IPAddress(value),
        _ => null,
    };

    private static int Bits(byte family) => family switch
    {
        Libc.AF_INET => 32,
        Libc.AF_INET6 => 128,
        _ => -1,
    };

    private static IPNetwork Network(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }

    private static ulong Hardware(ReadOnlySpan<byte> value)
    {
        ulong address = 0;
        foreach (var b in value.Length == 6 ? value : default)
        {
            address = (address << 8) | b;
        }

        return address;
    }

    private static string Kind(ReadOnlySpan<byte> value)
    {
        var attributes = new NetlinkAttributes(value);
        while (attributes.TryRead(out var type, out var kind))
        {
            if (type == IFLA_INFO_KIND)
            {
                return NetlinkAttributes.String(kind);
            }
        }

        return string.Empty;
    }

    private static int RouteMtu(ReadOnlySpan<byte> value)
    {
        var attributes = new NetlinkAttributes(value);
        while (attributes.TryRead(out var type, out var metric))
        {
            if (type == RTAX_MTU)
            {
                return (int)NetlinkAttributes.UInt32(metric);
            }
        }

        return 0;
    }
}
