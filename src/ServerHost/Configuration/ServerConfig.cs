namespace NTMobile.ServerHost.Configuration;

/// <summary>Everything that <c>server.json</c> may say; a key that is left out has the default that stands here.</summary>
/// <remarks>Plain setters: the source-generated reader would set an <c>init</c> property that is left out to null or zero.</remarks>
internal sealed record ServerConfig
{
    /// <summary>The DNS zone of the nodes, for example <c>ntm.test</c>. Required.</summary>
    public string Zone { get; set; } = "";

    /// <summary>This server's own host name inside the zone; <c>ds.ZONE</c> if left out.</summary>
    public string? Name { get; set; }

    /// <summary>The address under which nodes reach this server: what DNS answers for its names. Required with the role ds.</summary>
    public string? PublicAddress { get; set; }

    /// <summary>An IPv6 address beside <see cref="PublicAddress"/>.</summary>
    public string? PublicAddress6 { get; set; }

    /// <summary>Folder of keys and stores.</summary>
    public string StateDirectory { get; set; } = "/var/lib/ntm-server";

    /// <summary>Unix socket of <c>ntm-server token</c> and <c>ntm-server status</c>.</summary>
    public string ControlSocket { get; set; } = "/run/ntm/server.sock";

    /// <summary>The roles that this process plays.</summary>
    public IReadOnlyList<string> Roles { get; set; } = ["ds", "rs", "kms"];

    /// <summary>The direction server.</summary>
    public DsConfig Ds { get; set; } = new();

    /// <summary>The relay server.</summary>
    public RsConfig Rs { get; set; } = new();

    /// <summary>The key management server.</summary>
    public KmsConfig Kms { get; set; } = new();

    /// <summary>TLS on TCP.</summary>
    public TlsConfig Tls { get; set; } = new();

    /// <summary>Whether the process plays a role.</summary>
    public bool Plays(string role) => Roles.Contains(role);

    /// <summary>This server's own name, the default applied.</summary>
    public string OwnName => Name ?? $"ds.{Zone}";

    /// <summary>The RS's name, the default applied.</summary>
    public string RsName => Rs.Name ?? $"rs.{Zone}";

    /// <summary>The KMS's name, the default applied.</summary>
    public string KmsName => Kms.Name ?? $"kms.{Zone}";
}

/// <summary>Section <c>ds</c>.</summary>
internal sealed record DsConfig
{
    /// <summary>UDP socket of the nodes' sessions.</summary>
    public string Listen { get; set; } = "0.0.0.0:4330";

    /// <summary>The same by IPv6, at the same port; left out: nodes reach the DS by IPv4 alone.</summary>
    public string? Listen6 { get; set; }

    /// <summary>UDP and TCP sockets of the zone's DNS.</summary>
    public string Dns { get; set; } = "0.0.0.0:53";

    /// <summary>The same by IPv6; left out: none.</summary>
    public string? Dns6 { get; set; }

    /// <summary>A second UDP port at which STUN is answered (3478 is STUN's own); zero: at <see cref="Listen"/>'s alone.</summary>
    public int StunPort { get; set; }

    /// <summary>A second address of this machine at which STUN is answered too, so that askers find out how their NAT behaves (RFC 5780).</summary>
    public string? SecondAddress { get; set; }

    /// <summary>Where <see cref="SecondAddress"/> is seen from outside, if a one-to-one NAT stands before it.</summary>
    public string? SecondPublicAddress { get; set; }

    /// <summary>How long a registration lasts without a sign of its node.</summary>
    public int LifetimeSeconds { get; set; } = 60;

    /// <summary>Most nodes registered at one time.</summary>
    public int MaxNodes { get; set; } = 100_000;

    /// <summary>Relay servers in other processes; the one in this process is known without it.</summary>
    public IReadOnlyList<RelayConfig> Relays { get; set; } = [];

    /// <summary>Further names of the zone with their addresses, for example of an RS on another machine.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Hosts { get; set; } = new Dictionary<string, IReadOnlyList<string>>();
}

/// <summary>One relay server in another process.</summary>
internal sealed record RelayConfig
{
    /// <summary>Its address and port.</summary>
    public string Address { get; set; } = "";

    /// <summary>The same by IPv6; left out: it has none.</summary>
    public string? Address6 { get; set; }

    /// <summary>Its X25519 public key in base64, as <c>ntm-server status</c> prints it there.</summary>
    public string Key { get; set; } = "";
}

/// <summary>Section <c>rs</c>.</summary>
internal sealed record RsConfig
{
    /// <summary>UDP socket of nodes and DSs.</summary>
    public string Listen { get; set; } = "0.0.0.0:4331";

    /// <summary>The same by IPv6, at the same port; left out: nodes reach the RS by IPv4 alone.</summary>
    public string? Listen6 { get; set; }

    /// <summary>The RS's name; <c>rs.ZONE</c> if left out.</summary>
    public string? Name { get; set; }

    /// <summary>The address under which nodes reach the RS; that of <see cref="Listen"/>, or the server's own where that is all addresses.</summary>
    public string? PublicAddress { get; set; }

    /// <summary>The same by IPv6.</summary>
    public string? PublicAddress6 { get; set; }

    /// <summary>Most relay slots at one time.</summary>
    public int MaxSlots { get; set; } = 100_000;

    /// <summary>Most relay slots of one node.</summary>
    public int MaxSlotsPerNode { get; set; } = 256;

    /// <summary>How nodes reach ordinary hosts through this RS; left out: they do not.</summary>
    public EgressConfig? Egress { get; set; }

    /// <summary>Where ordinary hosts reach devices that nodes publish; left out: nowhere. Needs <see cref="Egress"/>.</summary>
    public PublishedConfig? Published { get; set; }
}

/// <summary>Section <c>rs.egress</c>.</summary>
internal sealed record EgressConfig
{
    /// <summary>Private addresses for the devices of all nodes, used on this machine alone; prefix length 8–28.</summary>
    public string Pool { get; set; } = "100.72.0.0/16";

    /// <summary>IPv4 address of the name server for devices that ask their router. Required.</summary>
    public string Resolver { get; set; } = "";

    /// <summary>The IPv4 address of this machine that ordinary hosts see; left out: that of the interface by which a packet leaves.</summary>
    public string? Address { get; set; }

    /// <summary>Megabits per second of one node, each way.</summary>
    public int MegabitsPerNode { get; set; } = 100;

    /// <summary>Megabits per second of all nodes, each way; the busy ones share it equally.</summary>
    public int Megabits { get; set; } = 1000;

    /// <summary>Where devices may not go.</summary>
    public IReadOnlyList<string> Denied { get; set; } =
    [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
    ];
}

/// <summary>Section <c>rs.published</c>.</summary>
internal sealed record PublishedConfig
{
    /// <summary>Public IPv4 addresses and networks of this machine, or routed to it; every address of a network is given to devices. Required.</summary>
    public IReadOnlyList<string> Addresses { get; set; } = [];

    /// <summary>Public IPv6 prefix routed to this machine, of which every device gets an address of its own, for example <c>2001:db8:5::/64</c>; left out: devices
    /// are reached by IPv4 alone.</summary>
    public string? Prefix6 { get; set; }

    /// <summary>Ports that no device gets, for example <c>tcp/22</c> or <c>udp/60000-61000</c>; at IPv4 addresses those at which programs of this machine listen are not given in any case.</summary>
    public IReadOnlyList<string> Reserved { get; set; } = [];

    /// <summary>Most devices of one node.</summary>
    public int DevicesPerNode { get; set; } = 4;
}

/// <summary>Section <c>kms</c>.</summary>
internal sealed record KmsConfig
{
    /// <summary>TCP socket of the KMS's HTTPS.</summary>
    public string Listen { get; set; } = "0.0.0.0:4343";

    /// <summary>The same by IPv6, at the same port; left out: nodes reach the KMS by IPv4 alone.</summary>
    public string? Listen6 { get; set; }

    /// <summary>The KMS's name; <c>kms.ZONE</c> if left out. Where it is set, tokens and nodes name the KMS by it; else by the server's address.</summary>
    public string? Name { get; set; }

    /// <summary>Direction servers in other processes that nodes are told of at their enrolment; the one in this process is known without it.</summary>
    public IReadOnlyList<DirectionServerConfig> DirectionServers { get; set; } = [];
}

/// <summary>Section <c>tls</c>: where nodes whose network lets no UDP through reach the roles of this process.</summary>
internal sealed record TlsConfig
{
    /// <summary>TCP sockets; nodes look for port 443 at the addresses of DS and RS. Empty: none.</summary>
    public IReadOnlyList<string> Listen { get; set; } = [];

    /// <summary>Most connections at one time at one socket; each has at most 256 KiB waiting for it.</summary>
    public int MaxConnections { get; set; } = 4096;
}

/// <summary>One direction server in another process.</summary>
internal sealed record DirectionServerConfig
{
    /// <summary>Its host name.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its address and port.</summary>
    public string Address { get; set; } = "";

    /// <summary>The same by IPv6; left out: it has none.</summary>
    public string? Address6 { get; set; }

    /// <summary>Its X25519 public key in base64, as <c>ntm-server status</c> prints it there.</summary>
    public string Key { get; set; } = "";
}
