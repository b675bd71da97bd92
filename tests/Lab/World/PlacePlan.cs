using System.Globalization;
using System.Net;

namespace NTMobile.Lab;

/// <summary>A place on paper.</summary>
internal sealed class PlacePlan
{
    /// <summary>What the cables take, in bytes.</summary>
    public const int CableMtu = 1500;

    private const int FirstCustomer = 2;

    /// <summary>Rules that runtime actions fill: what is lost on the way, and ICMP messages that are not sent.</summary>
    private const string ActionChains = """
        table inet actions {
          chain silence { type filter hook forward priority filter - 10; }
          chain no-udp { type filter hook forward priority filter - 10; }
          chain no-icmp { type filter hook forward priority filter - 10; }
          chain no-own-icmp { type filter hook output priority filter; }
          chain no-errors { type filter hook output priority filter; }
        }

        """;

    private int _customers;

    /// <param name="world">The world, with the core.</param>
    /// <param name="name">The name of the place and of its namespace.</param>
    /// <param name="preset">Its kind.</param>
    /// <param name="options">What the kind leaves open.</param>
    /// <param name="provider">The place that `wan` is plugged into; null: the core.</param>
    public PlacePlan(WorldBuilder world, string name, Preset preset, PlaceOptions options, PlacePlan? provider)
    {
        Name = name;
        Preset = preset;
        Provider = provider;
        UdpLifetime = options.UdpLifetime ?? preset.UdpLifetime;
        PortMapping = options.PortMapping;
        Hairpin = options.Hairpin;
        Wan = provider is not null ? provider.Inside!.Value : (PortMapping == 0 ? world.Addresses.Transit : world.Addresses.MappingTransit).Next();
        WanAddress = Wan.Nth(FirstCustomer + (provider is null ? 0 : provider._customers++));
        Inside = preset.OffersIPv4 ? (preset.IsPublic ? null : options.Inside) ?? preset.Cables(world.Addresses).Next() : null;
        Nat64Prefix = preset.OffersIPv4 ? null : world.Addresses.Nat64.Next();

        Host = world.Network.Add(name).Forwarding();
        IPv6 = preset.OffersIPv6 ? new(world, Host, provider?.IPv6) : null;
        Host.Addresses.Add(WanAddress);
        SetUpConnectionTracking(options);

        // A bridge whose only cable is pulled loses its own carrier, and the kernel takes up to a second to give it back:
        // a cable that never moves keeps it.
        Host.Ip.AddRange(["link add in0 type bridge", "link add hold0 type veth peer name hold1", "link set hold0 master in0 up", "link set hold1 up"]);
        PlugIn(world);
        Host.Ip.AddRange(
        [
            "link set in0 up",
            $"addr add {WanAddress}/{Wan.PrefixLength} dev wan",
            .. Inside is { } inside ? [$"addr add {inside.OnLink(1)} dev in0"] : Array.Empty<string>(),
            .. IPv6?.Lines() ?? [],
            .. Routes(preset.Mtu),
            .. preset.Links(this),
        ]);
        Host.Nft.Append(PortMapping == 0 ? "" : MiniUpnpd.Rules).Append(ActionChains).AppendLine(preset.Rules(this)).AppendLine(IPv6 is null ? "" : preset.Rules6);
    }

    public string Name { get; }

    public Preset Preset { get; }

    /// <summary>The place that `wan` is plugged into; null: the core.</summary>
    public PlacePlan? Provider { get; }

    /// <summary>By which protocols its gateway opens ports.</summary>
    public GatewayProtocols PortMapping { get; }

    /// <summary>Whether those inside reach one another by the outer address.</summary>
    public bool Hairpin { get; }

    /// <summary>How long a NAT here keeps a UDP mapping that nobody uses.</summary>
    public TimeSpan UdpLifetime { get; }

    /// <summary>The subnet that `wan` is in; gateway .1.</summary>
    public IPNetwork Wan { get; }

    /// <summary>The address of `wan`: of a NAT, the one that its packets get.</summary>
    public IPAddress WanAddress { get; }

    /// <summary>The subnet at the cable; gateway .1. Null: IPv6 alone.</summary>
    public IPNetwork? Inside { get; }

    /// <summary>The IPv6 of the place; null: IPv4 alone.</summary>
    public PlaceIPv6? IPv6 { get; }

    /// <summary>Where a NAT64 embeds IPv4 addresses; null: there is none.</summary>
    public IPNetwork? Nat64Prefix { get; }

    public PlannedHost Host { get; }

    /// <summary>Lines of ip(8) that set the place's two routes, so that packets larger than <paramref name="mtu"/> do not pass.</summary>
    public IReadOnlyList<string> Routes(int mtu)
    {
        // A locked route MTU binds forwarded packets; the interface's own MTU would also refuse what arrives.
        string size = mtu == CableMtu ? "" : $" mtu lock {mtu}";
        return
        [
            $"route replace default via {Wan.Nth(1)} dev wan{size}",
            .. Inside is { } inside ? [$"route replace {inside} dev in0 proto kernel scope link src {inside.Nth(1)}{size}"] : Array.Empty<string>(),
            .. IPv6?.Routes(size) ?? [],
        ];
    }

    private void PlugIn(WorldBuilder world)
    {
        world.Network.Cable(Provider?.Host ?? world.Core, Name, Host, "wan");
        IPv6?.PlugIn(world, Name);
        if (Provider is not null)
        {
            Provider.Host.Ip.Add($"link set {Name} master in0");
            return;
        }

        world.Core.Ip.Add($"addr add {Wan.OnLink(1)} dev {Name}");
        if (Preset.IsPublic)
        {
            world.Core.Ip.Add($"route add {Inside} via {WanAddress}");
        }
    }

    /// <summary>A connection's entry must not outlive the mapping; the kernel's own lifetimes are 30 s, and 120 s where answers came.</summary>
    private void SetUpConnectionTracking(PlaceOptions options)
    {
        Host.Set($"net/netfilter/nf_conntrack_checksum={(options.ConntrackChecksum ? 1 : 0)}");
        if (UdpLifetime < TimeSpan.FromSeconds(120))
        {
            string seconds = UdpLifetime.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
            Host.Set($"net/netfilter/nf_conntrack_udp_timeout={seconds}");
            Host.Set($"net/netfilter/nf_conntrack_udp_timeout_stream={seconds}");
        }
    }
}
