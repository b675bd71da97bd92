using System.Net;

namespace NTMobile.Lab;

/// <summary>A place that routers are plugged into: the preset's NAT, filter or nothing, between Internet core and cable.</summary>
public sealed partial class Place
{
    // Above the devices of a LAN, which may have the same subnet.
    private const int FirstPrivateLease = 150;
    private const int FirstPublicLease = 2;
    private const int LastLease6 = 254;

    private readonly HashSet<int> _leases = [];
    private int _nextLease;

    private readonly PlacePlan _plan;

    internal Place(PlacePlan plan, Host host)
    {
        _plan = plan;
        Host = host;
        _nextLease = FirstLease;
        _mtu = plan.Preset.Mtu;
    }

    /// <summary>The name of the place and of its namespace.</summary>
    public string Name => Host.Name;

    /// <summary>Its kind.</summary>
    public Preset Preset => _plan.Preset;

    /// <summary>The name of the place that its `wan` is plugged into; null: the core.</summary>
    public string? Provider => _plan.Provider?.Name;

    /// <summary>Its namespace, with the interfaces `wan` (to the core or the provider) and `in0` (bridge, cables of routers).</summary>
    public Host Host { get; }

    /// <summary>The subnet at the cable.</summary>
    /// <exception cref="LabException">The place has IPv6 alone.</exception>
    public IPNetwork Inside => _plan.Inside ?? throw new LabException($"{Name} has no IPv4 at the cable");

    /// <summary>The default gateway of the routers that are plugged in.</summary>
    public IPAddress Gateway => Inside.Nth(1);

    /// <summary>The IPv6 subnet at the cable; null: the place offers no IPv6.</summary>
    public IPNetwork? Inside6 => _plan.IPv6?.Inside;

    /// <summary>Where its NAT64 embeds IPv4 addresses (/96); null: it has none.</summary>
    public IPNetwork? Nat64Prefix => _plan.Nat64Prefix;

    /// <summary>False where there is only IPv6.</summary>
    public bool OffersIPv4 => _plan.Inside is not null;

    /// <summary>The service that opens ports for those inside; null: there is none.</summary>
    public MiniUpnpd? Mapper { get; private set; }

    /// <summary>The place's own address outside: of a NAT, the one that its packets get.</summary>
    public IPAddress WanAddress => _plan.WanAddress;

    /// <summary>The name server that the place itself hands out; null: the world's.</summary>
    internal IPAddress? Resolver => OffersIPv4 || WorldResolver.Equals(IPAddress.Loopback) ? null : Inside6?.Nth(1);

    /// <summary>The world's name server; loopback without one.</summary>
    internal IPAddress WorldResolver => _plan.Host.Resolver;

    /// <summary>The address that the Internet sees of routers behind a NAT: that of the outermost one.</summary>
    internal IPAddress OutermostAddress => Outermost(_plan).WanAddress;

    private int FirstLease => Preset.IsPublic ? FirstPublicLease : FirstPrivateLease;

    private int LastLease => OffersIPv4 ? (1 << (32 - Inside.PrefixLength)) - 2 : LastLease6;

    /// <summary>Starts the programs that belong to the place.</summary>
    internal async Task StartAsync()
    {
        await Preset.StartAsync(this).ConfigureAwait(false);
        Mapper = _plan.PortMapping == 0 ? null : await MiniUpnpd.StartAsync(this, _plan.PortMapping).ConfigureAwait(false);
    }

    /// <summary>An address number that nobody has, and that has not been given lately.</summary>
    internal int Lease()
    {
        for (int tries = FirstLease; tries <= LastLease; tries++)
        {
            int number = _nextLease;
            _nextLease = number == LastLease ? FirstLease : number + 1;
            if (_leases.Add(number))
            {
                return number;
            }
        }

        throw new LabException($"{Name} has no address left in {Inside}");
    }

    internal void Release(int lease) => _leases.Remove(lease);

    private static PlacePlan Outermost(PlacePlan plan) => plan.Provider is { } provider ? Outermost(provider) : plan;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
