using System.Net;
using System.Net.Sockets;
using NTMobile.ServerHost.Configuration;
using NTMobile.Wire.Frames;

namespace NTMobile.ServerHost.Composition;

/// <summary>What others are told about where the roles are; worked out from the configuration alone.</summary>
/// <param name="config">The configuration, checked.</param>
internal sealed class Advertised(ServerConfig config)
{
    /// <summary>Where nodes reach the DS.</summary>
    public Endpoint Ds { get; } = Of(Endpoint.Parse(config.Ds.Listen), config);

    /// <summary>The same by IPv6; none: by IPv4 alone.</summary>
    public Endpoint Ds6 { get; } = config.Ds.Listen6 is { } six ? Of(Endpoint.Parse(six), config) : default;

    /// <summary>Where STUN is answered; see <see cref="DirectionServer.DirectionOptions.StunPlaces"/>.</summary>
    public IReadOnlyList<Endpoint> StunPlaces { get; } = PlacesOf(Of(Endpoint.Parse(config.Ds.Listen), config), config.Ds);

    /// <summary>Where nodes and DSs reach the RS.</summary>
    public Endpoint Rs { get; } = config.Rs.PublicAddress is { } own
        ? Endpoint.From(IPAddress.Parse(own), Endpoint.Parse(config.Rs.Listen).Port)
        : Specific(Endpoint.Parse(config.Rs.Listen)) ?? Of(Endpoint.Parse(config.Rs.Listen), config);

    /// <summary>The same by IPv6; none: by IPv4 alone.</summary>
    public Endpoint Rs6 { get; } = config.Rs switch
    {
        { Listen6: null } => default,
        { PublicAddress6: { } own, Listen6: { } six } => Endpoint.From(IPAddress.Parse(own), Endpoint.Parse(six).Port),
        { Listen6: { } six } => Specific(Endpoint.Parse(six)) ?? Of(Endpoint.Parse(six), config),
    };

    /// <summary>What tokens say of the KMS: its name where one is configured, else an address, so that a node is enrolled also where the zone is
    /// not delegated yet.</summary>
    public string KmsHost { get; } = config.Kms.Name ?? config.PublicAddress ?? config.PublicAddress6 ?? HostOf(config);

    /// <summary>Port of the KMS.</summary>
    public ushort KmsPort { get; } = Endpoint.Parse(config.Kms.Listen).Port;

    /// <summary>Names of the zone that are no nodes, with their addresses.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> Hosts()
    {
        var hosts = config.Ds.Hosts.ToDictionary(host => host.Key, host => (IReadOnlyList<IPAddress>)[.. host.Value.Select(IPAddress.Parse)]);
        List<IPAddress> own = [.. new[] { config.PublicAddress, config.PublicAddress6 }.OfType<string>().Select(IPAddress.Parse)];
        hosts.TryAdd(config.OwnName, own);
        if (config.Plays("kms"))
        {
            hosts.TryAdd(config.KmsName, own);
        }

        if (config.Plays("rs"))
        {
            hosts.TryAdd(config.RsName, [.. new[] { Rs, Rs6 }.Where(rs => !rs.IsNone).Select(rs => rs.ToIPAddress())]);
        }

        return hosts;
    }

    /// <summary>The servers that have endpoints of both IP versions: those of this process, and relays elsewhere.</summary>
    public IEnumerable<OtherEndpoint> Others()
    {
        IEnumerable<OtherEndpoint> own = [new(Ds, Ds6), .. config.Plays("rs") ? new[] { new OtherEndpoint(Rs, Rs6) } : []];
        var elsewhere = config.Ds.Relays.Select(relay => new OtherEndpoint(Endpoint.Parse(relay.Address), relay.Address6 is { } six ? Endpoint.Parse(six) : default));
        return own.Concat(elsewhere).Where(server => !server.Other.IsNone);
    }

    /// <summary>The configured address of the listener's family; <see cref="ConfigCheck"/> saw to it that there is one.</summary>
    private static Endpoint Of(Endpoint listen, ServerConfig config)
    {
        AddressFamily family = listen.IsIpv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        IPAddress? address = new[] { config.PublicAddress, config.PublicAddress6 }.OfType<string>().Select(IPAddress.Parse)
            .FirstOrDefault(address => address.AddressFamily == family);
        return address is null ? listen : Endpoint.From(address, listen.Port);
    }

    private static Endpoint[] PlacesOf(Endpoint first, DsConfig ds)
    {
        Endpoint[] ofFirst = ds.StunPort == 0 ? [first] : [first, first.WithPort((ushort)ds.StunPort)];
        return (ds.SecondPublicAddress ?? ds.SecondAddress) is { } second
            ? [.. ofFirst, .. ofFirst.Select(place => Endpoint.From(IPAddress.Parse(second), place.Port))]
            : ofFirst;
    }

    private static Endpoint? Specific(Endpoint listen) => listen.Address == 0 ? null : listen;

    private static string HostOf(ServerConfig config) => Specific(Endpoint.Parse(config.Kms.Listen))?.ToIPAddress().ToString() ?? config.KmsName;
}
