namespace NTMobile.Control.Tests.Memory;

/// <summary>Routers to look at.</summary>
public static class Snapshots
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 12, 12, 0, 0, TimeSpan.Zero);

    /// <summary>At home, with an ordinary NAT.</summary>
    public static readonly NetworkReport Network = new()
    {
        Uplink = "wlan0",
        PublicEndpoint = "198.51.100.7:41820",
        Udp = UdpState.Works,
        Mapping = NatMapping.EndpointIndependent,
        Filtering = NatFiltering.AddressAndPortDependent,
        InterfaceMtu = 1500,
        PathMtu = 1420,
        DirectionServerMs = 18.4,
        RelayMs = new Dictionary<string, double?> { ["203.0.113.2:4331"] = 19.1 },
        CaptivePortal = PortalState.None,
        PortalPage = null,
        Ipv6 = ["2001:db8:7::20"],
        PortMapping = new(true, false, true),
        OpenPort = new(PortMappingState.Open, "PCP", "198.51.100.7:4330"),
        DnsBypass = [new("tv", DnsWay.Tls, 95, false), new("192.168.8.23", DnsWay.Udp, 3, true)],
        Reach = Reach.MostDirect,
    };

    /// <summary>Unpacked, plugged in, not enrolled.</summary>
    public static RouterSnapshot Fresh() => new()
    {
        Version = 1,
        Status = new()
        {
            Name = "",
            Zone = "",
            Fingerprint = "t4vm-kx2a-3hq7-zzlc-52ye-b6rd-nw3j-ofg5",
            Version = "0.2.0",
            Enrolled = false,
            State = RouterState.NotEnrolled,
            DirectionServer = null,
            Relays = [],
            Uplinks = [Uplink("wlan0", "192.168.1.20/24", "192.168.1.1", NatMapping.Unknown, NatFiltering.Unknown, null)],
            Warnings = [],
            UptimeSeconds = 42,
            Drops = new Dictionary<string, long>(),
        },
        Devices = [LaptopUnnamed()],
        Shares = [],
        Published = [],
        Sessions = [],
        Peers = [],
        Refusals = [],
        Groups = [],
        Internet = new() { Rules = [], Relay = null, AutoRelays = false, PacketsOut = 0, PacketsIn = 0 },
    };

    /// <summary>In use: two uplinks, two sessions, a warning, a device with a doubtful name.</summary>
    public static RouterSnapshot Busy(DateTimeOffset now) => Fresh() with
    {
        Status = Fresh().Status with
        {
            Name = "bag.example.net",
            Zone = "example.net",
            Enrolled = true,
            State = RouterState.Online,
            DirectionServer = new("ds1.example.net", "203.0.113.1:4330", true, 18.4),
            Relays = [new("203.0.113.2:4331", true, 19.1)],
            Uplinks =
            [
                Uplink("wlan0", "192.168.1.20/24", "192.168.1.1", NatMapping.EndpointIndependent, NatFiltering.AddressAndPortDependent, "198.51.100.7:41820"),
                Uplink("wwan0", "10.64.3.11/30", "10.64.3.12", NatMapping.EndpointDependent, NatFiltering.AddressAndPortDependent, "192.0.2.180:6071") with { Mtu = 1430 },
            ],
            UptimeSeconds = 190_440,
            Drops = new Dictionary<string, long> { ["Forged"] = 3, ["NotShared"] = 41, ["Replayed"] = 12 },
        },
        Devices =
        [
            new() { Label = "nas", FullName = "nas.bag.example.net", Hint = "DiskStation", Mac = "00:11:32:5e:90:1a", Address = "192.168.8.20", Confirmed = true, ClaimedBy = null, LastSeen = now },
            new() { Label = "camera", FullName = "camera.bag.example.net", Hint = "IPC-3421", Mac = "9c:8e:cd:11:20:03", Address = "192.168.8.31", Confirmed = true, ClaimedBy = "5a:10:77:c4:01:9b", LastSeen = now.AddMinutes(-3) },
            LaptopUnnamed() with { LastSeen = now.AddSeconds(-20) },
        ],
        Shares =
        [
            new() { Id = "k3v9", Device = "nas", Ports = "tcp/22,tcp/445", Group = null },
            new() { Id = "p7wd", Device = "camera", Ports = "tcp/554", Group = FamilyId },
        ],
        Published = [new() { Device = "nas", Name = "nas.bag.example.net", Ports = "tcp/80", State = PublicationState.Published, Address = "203.0.113.20" }],
        Sessions = [HomeSession(now), VanSession(now)],
        Peers =
        [
            new("nas.home.example.net", "198.18.0.5", now.AddSeconds(-4), SessionState.Established),
            new("printer.home.example.net", "198.18.0.6", now.AddDays(-2), null),
            new("dash.van.example.net", "198.18.0.9", now.AddMinutes(-1), SessionState.Established),
        ],
        Refusals =
        [
            new(now.AddMinutes(-6), "cam.neighbour.example.net", "laptop", RefusalReasons.NoCommonGroup),
            new(now.AddMinutes(-31), "tablet.van.example.net", "nas", RefusalReasons.NotShared),
        ],
        Groups =
        [
            new(FamilyId, "family", 10, GroupState.Member, 4),
            new("77d0a2c9e1b84f06a3c5d8e9f0b1a2c3", "", 0, GroupState.Waiting, 0),
        ],
        Internet = new()
        {
            Rules =
            [
                new() { Id = "00:11:32:5e:90:1a", Mac = "00:11:32:5e:90:1a", Device = "nas", Destination = null, Way = InternetWay.Relay },
                new() { Id = "all@10.0.0.0-8", Mac = null, Device = null, Destination = "10.0.0.0/8", Way = InternetWay.Direct },
                new() { Id = "all", Mac = null, Device = null, Destination = null, Way = InternetWay.Auto },
            ],
            Relay = "203.0.113.2:4331",
            AutoRelays = true,
            PacketsOut = 812,
            PacketsIn = 1_204,
        },
    };

    public const string FamilyId = "4be1f09a6cd243b8952d7e30c1a8f564";

    public static Session HomeSession(DateTimeOffset now) => new()
    {
        Peer = "home.example.net",
        Group = "family",
        State = SessionState.Established,
        Cipher = "AES-256-GCM",
        Epoch = 3,
        EstablishedSeconds = 5_530,
        Path = new(PathKind.Direct, "wlan0", "198.51.100.90:38211", 12.6, 1472),
        BytesIn = 1_830_221_004,
        BytesOut = 44_210_332,
        PacketsIn = 1_301_882,
        PacketsOut = 622_004,
        Contexts = [new("laptop", "nas.home.example.net", "198.18.0.5"), new("nas", "nas.home.example.net", "198.18.0.5")],
        Moves =
        [
            new(now.AddMinutes(-2), MoveCauses.LocalAddress, 86, 3, "direct wwan0", "direct wlan0"),
            new(now.AddMinutes(-19), MoveCauses.PeerMoved, 140, 11, "direct wwan0", "direct wwan0"),
            new(now.AddMinutes(-44), MoveCauses.BetterPath, 0, 0, "relay wwan0", "direct wwan0"),
            new(now.AddMinutes(-45), MoveCauses.LocalAddress, 412, 38, "direct wlan0", "relay wwan0"),
            new(now.AddMinutes(-71), MoveCauses.NatChanged, 960, 71, "direct wlan0", "direct wlan0"),
        ],
    };

    public static Session VanSession(DateTimeOffset now) => new()
    {
        Peer = "van.example.net",
        Group = "family",
        State = SessionState.Established,
        Cipher = "ChaCha20-Poly1305",
        Epoch = 0,
        EstablishedSeconds = 312,
        Path = new(PathKind.Relay, "wwan0", "203.0.113.2:4331", 61.9, 1430),
        BytesIn = 902_118,
        BytesOut = 8_441_920,
        PacketsIn = 8_402,
        PacketsOut = 9_770,
        Contexts = [new("nas", "dash.van.example.net", "198.18.0.9")],
        Moves = [new(now.AddMinutes(-4), MoveCauses.PathSilent, 1_240, 9, "relay wlan0", "relay wwan0")],
    };

    private static UplinkStatus Uplink(string name, string address, string gateway, NatMapping mapping, NatFiltering filtering, string? seen) => new()
    {
        Name = name,
        Up = true,
        Address = address,
        Gateway = gateway,
        NatMapping = mapping,
        NatFiltering = filtering,
        Mtu = 1500,
        PublicEndpoint = seen,
        PortMapping = new(PortMappingState.None, null, null),
    };

    private static Device LaptopUnnamed() => new()
    {
        Label = null,
        FullName = null,
        Hint = "Yuki-ThinkPad",
        Mac = "3c:58:c2:aa:07:51",
        Address = "192.168.8.23",
        Confirmed = false,
        ClaimedBy = null,
        LastSeen = Noon,
    };
}
