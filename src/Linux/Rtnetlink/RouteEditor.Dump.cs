using static NTMobile.Linux.Rtnetlink;

namespace NTMobile.Linux;

public sealed partial class RouteEditor
{
    private delegate T? Parse<T>(in NetlinkMessage message)
        where T : class;

    /// <summary>All links.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<Link> Links() => Dump<Link, ifinfomsg>(RTM_GETLINK, RTM_NEWLINK, default, RtnetlinkParser.Link);

    /// <summary>All addresses, IPv4 and IPv6.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<InterfaceAddress> Addresses() =>
        Dump<InterfaceAddress, ifaddrmsg>(RTM_GETADDR, RTM_NEWADDR, default, RtnetlinkParser.Address);

    /// <summary>All routes of all tables, IPv4 and IPv6.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<Route> Routes() => Dump<Route, rtmsg>(RTM_GETROUTE, RTM_NEWROUTE, default, RtnetlinkParser.Route);

    /// <summary>All rules that lead to a table, IPv4 and IPv6.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<Rule> Rules() => Dump<Rule, fib_rule_hdr>(RTM_GETRULE, RTM_NEWRULE, default, RtnetlinkParser.Rule);

    /// <summary>The neighbour table: which hardware address an IP address has.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<Neighbour> Neighbours() => Dump<Neighbour, ndmsg>(RTM_GETNEIGH, RTM_NEWNEIGH, default, RtnetlinkParser.Neighbour);

    /// <summary>Links, addresses and routes.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public NetworkSnapshot Snapshot() => new(Links(), Addresses(), Routes());

    private List<T> Dump<T, TBody>(ushort request, ushort answer, TBody body, Parse<T> parse)
        where T : class
        where TBody : unmanaged
    {
        var writer = new NetlinkWriter(stackalloc byte[64]);
        writer.Begin(request, Libc.NLM_F_DUMP, _socket.NextSequence());
        writer.Body(body);
        writer.End();
        var found = new List<T>();
        _socket.Dump(writer.Written, $"dump {typeof(T).Name}", found.Clear, (in NetlinkMessage message) =>
        {
            if (message.Type == answer && parse(message) is { } item)
            {
                found.Add(item);
            }
        });
        return found;
    }
}
