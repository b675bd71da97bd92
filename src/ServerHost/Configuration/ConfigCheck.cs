using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.ServerHost.Configuration;

/// <summary>The checks that types cannot do. The first mistake found is told.</summary>
internal static class ConfigCheck
{
    private static readonly string[] KnownRoles = ["ds", "rs", "kms"];

    /// <summary>Checks everything.</summary>
    /// <exception cref="ConfigException">Something is wrong.</exception>
    public static void Run(ServerConfig config)
    {
        Require(config.Zone.Length > 0, "zone", "is missing; it is the DNS zone of the nodes, for example \"ntm.example\"");
        Name("zone", config.Zone);
        Roles(config.Roles);
        InZone("name", config.OwnName, config.Zone);
        Require(config.StateDirectory.Length > 0, "stateDirectory", "is empty");

        // The kernel's sockaddr_un has room for 107 bytes and a zero.
        Require(config.ControlSocket.Length is > 0 and < 108, "controlSocket", "must be a path of 1 to 107 characters");
        Address("publicAddress", config.PublicAddress, null);
        Address("publicAddress6", config.PublicAddress6, AddressFamily.InterNetworkV6);
        Ds(config);
        Rs(config);
        Kms(config);
        Tls(config);
    }

    private static void Roles(IReadOnlyList<string> roles)
    {
        Require(roles.Count > 0, "roles", "is empty; name at least one of ds, rs, kms");
        foreach (string role in roles)
        {
            Require(KnownRoles.Contains(role), "roles", $"'{role}' is no role; known are ds, rs, kms");
        }

        Require(roles.Distinct().Count() == roles.Count, "roles", "names a role twice");
    }

    private static void Ds(ServerConfig config)
    {
        DsConfig ds = config.Ds;
        Listen("ds.listen", ds.Listen);
        Listen("ds.dns", ds.Dns);
        Listen6("ds.listen6", ds.Listen6, ds.Listen);
        Listen6("ds.dns6", ds.Dns6, ds.Dns);
        Require(
            !config.Plays("ds") || ds.Listen6 is null || config.PublicAddress6 is not null,
            "publicAddress6", "is missing; ds.listen6 lets nodes reach the DS by IPv6, and they must be told where");
        Between("ds.lifetimeSeconds", ds.LifetimeSeconds, 10, 3600);
        Between("ds.maxNodes", ds.MaxNodes, 1, 1_000_000);
        Require(!config.Plays("ds") || config.PublicAddress is not null, "publicAddress", "is missing; the DS must tell nodes where it is");
        bool reached = new[] { config.PublicAddress, config.PublicAddress6 }.OfType<string>().Any(own => SameFamily(own, ds.Listen));
        Require(!config.Plays("ds") || reached, "publicAddress", $"is of another kind (IPv4, IPv6) than ds.listen, {ds.Listen}");
        Stun(ds);
        Between("ds.relays", ds.Relays.Count + (config.Plays("rs") ? 1 : 0), 0, 8);
        for (int i = 0; i < ds.Relays.Count; i++)
        {
            Listen($"ds.relays[{i}].address", ds.Relays[i].Address);
            Listen6($"ds.relays[{i}].address6", ds.Relays[i].Address6, ds.Relays[i].Address);
            Key($"ds.relays[{i}].key", ds.Relays[i].Key);
        }

        foreach ((string name, IReadOnlyList<string> addresses) in ds.Hosts)
        {
            InZone($"ds.hosts.{name}", name, config.Zone);
            Require(addresses is not null && addresses.All(address => address is not null), $"ds.hosts.{name}", "must be a list of IP addresses");
            foreach (string address in addresses!)
            {
                Address($"ds.hosts.{name}", address, null);
            }
        }
    }

    private static void Stun(DsConfig ds)
    {
        Endpoint listen = Endpoint.Parse(ds.Listen);
        Between("ds.stunPort", ds.StunPort, 0, 65535);
        Require(ds.StunPort != listen.Port, "ds.stunPort", $"{ds.StunPort} is the port of ds.listen; STUN is answered there anyway, this one must be another");
        Address("ds.secondAddress", ds.SecondAddress, null);
        Address("ds.secondPublicAddress", ds.SecondPublicAddress, null);
        Require(ds.SecondPublicAddress is null || ds.SecondAddress is not null, "ds.secondAddress", "is missing; ds.secondPublicAddress tells where it is seen");
        if (ds.SecondAddress is { } second)
        {
            Require(ds.StunPort != 0, "ds.stunPort", "is missing; the second address is of use with a second port alone, for example 3478");
            Require(listen.Address != 0, "ds.listen", $"'{ds.Listen}' must name one address where ds.secondAddress names another");
            Require(SameFamily(second, ds.Listen), "ds.secondAddress", $"is of another kind (IPv4, IPv6) than ds.listen, {ds.Listen}");
            Require(SameFamily(ds.SecondPublicAddress ?? second, ds.Listen), "ds.secondPublicAddress", $"is of another kind (IPv4, IPv6) than ds.listen, {ds.Listen}");
            Endpoint other = Endpoint.From(IPAddress.Parse(second), listen.Port);
            Require(other.Address != 0 && other != listen, "ds.secondAddress", $"'{second}' must be one address, and another than that of ds.listen");
        }
    }

    private static void Rs(ServerConfig config)
    {
        RsConfig rs = config.Rs;
        Listen("rs.listen", rs.Listen);
        Listen6("rs.listen6", rs.Listen6, rs.Listen);
        Address("rs.publicAddress6", rs.PublicAddress6, AddressFamily.InterNetworkV6);
        bool anywhere6 = rs.Listen6 is { } six && Endpoint.Parse(six).Address == 0 && rs.PublicAddress6 is null && config.PublicAddress6 is null;
        Require(!config.Plays("rs") || !anywhere6, "rs.publicAddress6", "is missing; rs.listen6 lets nodes reach the relay by IPv6, and they must be told where");
        InZone("rs.name", config.RsName, config.Zone);
        Address("rs.publicAddress", rs.PublicAddress, null);
        Between("rs.maxSlots", rs.MaxSlots, 1, 1_000_000);
        Between("rs.maxSlotsPerNode", rs.MaxSlotsPerNode, 1, 65_536);
        bool anywhere = Endpoint.Parse(rs.Listen).Address == 0 && rs.PublicAddress is null && config.PublicAddress is null;
        Require(!config.Plays("rs") || !anywhere, "rs.publicAddress", "is missing; nodes must be told where the relay is");
        bool reached = rs.PublicAddress is null || SameFamily(rs.PublicAddress, rs.Listen);
        Require(!config.Plays("rs") || reached, "rs.publicAddress", $"is of another kind (IPv4, IPv6) than rs.listen, {rs.Listen}");
        bool ownName = !config.Plays("ds") || config.RsName != config.OwnName;
        Require(!config.Plays("rs") || ownName, "rs.name", $"'{config.RsName}' is the name of the DS; each role has its own");
        if (rs.Egress is { } egress)
        {
            Egress(egress);
        }

        if (rs.Published is { } published)
        {
            Require(rs.Egress is not null, "rs.published", "needs rs.egress: by it devices answer");
            Published(published);
        }
    }

    private static void Published(PublishedConfig published)
    {
        Between("rs.published.devicesPerNode", published.DevicesPerNode, 1, PublishRequest.MaxDevices);
        Require(published.Addresses.Count > 0, "rs.published.addresses", "is missing; name the public addresses of this machine at which devices may be reached");
        Between("rs.published.addresses", published.Addresses.Count, 1, PublicAddresses.MaxNetworks);
        IPNetwork[] networks = [.. published.Addresses.Select(PublishedText.Network).OfType<IPNetwork>()];
        foreach (string address in published.Addresses)
        {
            bool good = PublishedText.Network(address) is { PrefixLength: >= PublicNetwork.ShortestPrefix };
            Require(good, "rs.published.addresses", $"'{address}' is no IPv4 address or network, for example \"203.0.113.20\" or \"203.0.113.16/29\"");
        }

        bool apart = !networks.Index().Any(one => networks.Skip(one.Index + 1).Any(other => one.Item.Contains(other.BaseAddress) || other.Contains(one.Item.BaseAddress)));
        Require(apart, "rs.published.addresses", "names an address twice");
        bool hasPrefix = published.Prefix6 is null || PublishedText.Prefix6(published.Prefix6) is not null;
        Require(hasPrefix, "rs.published.prefix6", $"'{published.Prefix6}' is no IPv6 prefix of the Internet with a length of 32 to 96, for example \"2001:db8:5::/64\"");
        foreach (string ports in published.Reserved)
        {
            Require(PublishedText.Ports(ports) is not null, "rs.published.reserved", $"'{ports}' is no port, for example \"tcp/22\" or \"udp/60000-61000\"");
        }
    }

    private static void Egress(EgressConfig egress)
    {
        Network("rs.egress.pool", egress.Pool);
        Between("rs.egress.pool", IPNetwork.Parse(egress.Pool).PrefixLength, 8, 28);
        Address("rs.egress.resolver", egress.Resolver, AddressFamily.InterNetwork);
        Address("rs.egress.address", egress.Address, AddressFamily.InterNetwork);
        Between("rs.egress.megabitsPerNode", egress.MegabitsPerNode, 1, 100_000);
        Between("rs.egress.megabits", egress.Megabits, 1, 1_000_000);
        foreach (string denied in egress.Denied)
        {
            Network("rs.egress.denied", denied);
        }
    }

    private static void Network(string key, string value)
    {
        bool good = IPNetwork.TryParse(value, out IPNetwork network) && network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        Require(good, key, $"'{value}' is no IPv4 network, for example \"100.72.0.0/16\"");
    }

    private static void Kms(ServerConfig config)
    {
        KmsConfig kms = config.Kms;
        Listen("kms.listen", kms.Listen);
        Listen6("kms.listen6", kms.Listen6, kms.Listen);
        InZone("kms.name", config.KmsName, config.Zone);
        for (int i = 0; i < kms.DirectionServers.Count; i++)
        {
            Name($"kms.directionServers[{i}].name", kms.DirectionServers[i].Name);
            Listen($"kms.directionServers[{i}].address", kms.DirectionServers[i].Address);
            Listen6($"kms.directionServers[{i}].address6", kms.DirectionServers[i].Address6, kms.DirectionServers[i].Address);
            Key($"kms.directionServers[{i}].key", kms.DirectionServers[i].Key);
        }

        bool directed = config.Plays("ds") || kms.DirectionServers.Count > 0;
        Require(!config.Plays("kms") || directed, "kms.directionServers", "is missing; without a DS in this process nodes must be told of one elsewhere");
    }

    private static void Tls(ServerConfig config)
    {
        for (int i = 0; i < config.Tls.Listen.Count; i++)
        {
            Listen($"tls.listen[{i}]", config.Tls.Listen[i]);
        }

        Require(config.Tls.Listen.Distinct().Count() == config.Tls.Listen.Count, "tls.listen", "names an address twice");
        Between("tls.maxConnections", config.Tls.MaxConnections, 1, 1_000_000);
        bool toldApart = !config.Plays("ds") || !config.Plays("rs") || Endpoint.Parse(config.Ds.Listen).Port != Endpoint.Parse(config.Rs.Listen).Port;
        Require(config.Tls.Listen.Count == 0 || toldApart, "rs.listen", "has the port of ds.listen; over TLS nodes tell the two apart by it");
    }

    private static void Listen(string key, string value)
    {
        bool good = Endpoint.TryParse(value, out Endpoint endpoint);
        Require(good, key, $"'{value}' is not address:port, for example \"192.0.2.1:4330\" or \"[2001:db8::1]:4330\"");
        Require(endpoint.Port != 0, key, $"'{value}' has no port");
    }

    // Nodes that know a server by one IP version must find it at the same port by the other (over TLS the port is the role's name).
    private static void Listen6(string key, string? value, string beside)
    {
        if (value is not null)
        {
            Listen(key, value);
            Endpoint six = Endpoint.Parse(value);
            Require(six.IsIpv6 && Endpoint.Parse(beside).IsIpv4, key, $"'{value}' must be of IPv6, and what it stands beside, {beside}, of IPv4");
            Require(six.Port == Endpoint.Parse(beside).Port, key, $"'{value}' must have the port of {beside}");
        }
    }

    private static void Key(string key, string value)
    {
        Span<byte> bytes = stackalloc byte[32];
        bool good = Convert.TryFromBase64String(value, bytes, out int length) && length == bytes.Length;
        Require(good, key, "must be 32 bytes in base64, as 'ntm-server status' of that server prints it");
    }

    private static bool SameFamily(string address, string listen) =>
        Endpoint.From(IPAddress.Parse(address), 1).IsIpv4 == Endpoint.Parse(listen).IsIpv4;

    private static void Address(string key, string? value, AddressFamily? family)
    {
        string wanted = family switch
        {
            AddressFamily.InterNetworkV6 => "an IPv6 address",
            AddressFamily.InterNetwork => "an IPv4 address",
            _ => "an IP address",
        };
        bool good = value is null || (IPAddress.TryParse(value, out IPAddress? address) && (family is null || address.AddressFamily == family));
        Require(good, key, $"'{value}' is not {wanted}");
    }

    private static void Name(string key, string value) =>
        Require(HostName.IsNormal(value), key, $"'{value}' is not a host name in lower case");

    private static void InZone(string key, string value, string zone)
    {
        Name(key, value);
        Require(value.EndsWith("." + zone, StringComparison.Ordinal), key, $"'{value}' is not inside the zone {zone}");
    }

    private static void Between(string key, int value, int minimum, int maximum) =>
        Require(
            value >= minimum && value <= maximum,
            key,
            string.Create(CultureInfo.InvariantCulture, $"{value} is not between {minimum} and {maximum}"));

    private static void Require(bool condition, string key, string otherwise)
    {
        if (!condition)
        {
            throw new ConfigException($"{key}: {otherwise}");
        }
    }
}
