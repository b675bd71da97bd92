using NTMobile.Control;

namespace NTMobile.Cli.Output;

/// <summary>What <c>ntm netcheck</c> found, in words. What was not measured says so.</summary>
internal static class NetworkWords
{
    private const string NotMeasured = "not measured";

    /// <summary>What it means for reaching others.</summary>
    public static string Meaning(NetworkReport report) => report switch
    {
        { Uplink: null } => "No uplink works: nobody can be reached.",
        { CaptivePortal: PortalState.Present } => "This network wants something first: open any web page from a device of the LAN, and send the form that comes.",
        _ => report.Reach switch
        {
            Reach.AllDirect => "Everybody who has UDP can be reached directly.",
            Reach.MostDirect => "Nearly everybody can be reached directly. Those behind a strict NAT are reached over the relay first, and directly some seconds later.",
            Reach.SomeDirect => "Most can be reached directly, many of them after some seconds over the relay. Those behind a NAT as strict as this one are reached over the relay.",
            Reach.Relay => "UDP is blocked here. Everybody can be reached over the relay, through TCP port 443; that is slower.",
            Reach.NotMeasured => "The servers answer. How the NAT in front behaves is not measured yet: ask again in some seconds.",
            _ => "No server answers: nobody can be reached.",
        },
    };

    /// <summary>The facts by name, in the order of reading.</summary>
    public static IEnumerable<(string Name, string Value)> Facts(NetworkReport report)
    {
        yield return ("uplink", report.Uplink ?? "none");
        yield return ("UDP", report.Udp switch
        {
            UdpState.Works => "gets through",
            UdpState.Blocked => "is blocked; the servers answer over TCP port 443",
            _ => "no server answers",
        });
        yield return ("seen as", report.PublicEndpoint ?? NotMeasured);
        yield return ("mapping", Of(report.Mapping));
        yield return ("filtering", Of(report.Filtering));
        yield return ("MTU", $"{report.InterfaceMtu} at the interface; to peers {(report.PathMtu is { } mtu ? $"{mtu}" : $"{NotMeasured}, there is no session")}");
        yield return ("captive portal", report.CaptivePortal switch
        {
            PortalState.None => "none",
            PortalState.Present => report.PortalPage is { } page ? $"yes: {page}" : "yes",
            _ => NotMeasured + ", nobody answers",
        });
        yield return ("IPv6", report.Ipv6.Count == 0 ? "no global address" : string.Join(", ", report.Ipv6));
        yield return ("port mapping", Of(report.PortMapping));
        yield return ("open port", Of(report.OpenPort));
        yield return ("direction server", Words.Milliseconds(report.DirectionServerMs));
        foreach (var (relay, time) in report.RelayMs)
        {
            yield return ("relay", $"{relay}, {Words.Milliseconds(time)}");
        }

        foreach (var device in report.DnsBypass ?? [])
        {
            yield return ("DNS bypass", Of(device));
        }

        if (report.DnsBypass is not { Count: > 0 })
        {
            yield return ("DNS bypass", report.DnsBypass is null ? NotMeasured : "none in the last hour");
        }
    }

    private static string Of(DnsBypass device)
    {
        var way = device.Way switch
        {
            DnsWay.Udp => "asks another name server",
            DnsWay.Tcp => "asks another name server over TCP",
            DnsWay.Tls => "asks another name server over TLS",
            DnsWay.Quic => "asks another name server over QUIC",
            _ => "probably asks another name server over HTTPS",
        };
        var meaning = device.FindsNames ? "finds names of remote devices all the same" : "finds no names of remote devices by it";
        return $"{device.Device} {way} ({Words.Duration(device.AgoSeconds)} ago); {meaning}";
    }

    private static string Of(NatMapping mapping) => mapping switch
    {
        NatMapping.None => "no NAT",
        NatMapping.EndpointIndependent => "one port for all destinations (endpoint-independent)",
        NatMapping.EndpointDependent => "another port for each destination (endpoint-dependent)",
        _ => NotMeasured,
    };

    private static string Of(NatFiltering filtering) => filtering switch
    {
        NatFiltering.EndpointIndependent => "lets anybody in (endpoint-independent)",
        NatFiltering.AddressDependent => "lets in addresses that were sent to (address-dependent)",
        NatFiltering.AddressAndPortDependent => "lets in addresses and ports that were sent to (address-and-port-dependent)",
        _ => NotMeasured,
    };

    private static string Of(PortMappingStatus port) => port.State switch
    {
        PortMappingState.Off => "none, the gateway is not asked (portMapping in router.json)",
        PortMappingState.Asking => "the gateway is being asked",
        PortMappingState.Open => $"{port.Outside} by {port.Protocol}: lets anybody in",
        PortMappingState.NotSeen => $"{port.Outside} by {port.Protocol}, but no server sees this router at that address; peers are not told",
        _ => "none",
    };

    private static string Of(PortMappingProtocols protocols)
    {
        if (protocols is { Pcp: null, NatPmp: null, Upnp: null })
        {
            return $"{NotMeasured}, there is no gateway";
        }

        string[] spoken = [.. new[] { ("PCP", protocols.Pcp), ("NAT-PMP", protocols.NatPmp), ("UPnP", protocols.Upnp) }.Where(p => p.Item2 == true).Select(p => p.Item1)];
        return spoken.Length == 0 ? "the gateway speaks none" : string.Join(", ", spoken);
    }
}
