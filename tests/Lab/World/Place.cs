using System.Net;

namespace NTMobile.Lab;

/// <summary>A place that routers are plugged into: the preset's NAT, filter or nothing, between Internet core and cable.</summary>
public sealed partial class Place
{
    // Above the devices of a LAN, which may have the same subnet.
    private const int FirstPrivateLease = 150;
    private const int FirstPublicLease = 2;

    private readonly HashSet<int> _leases = [];
    private int _nextLease;

    internal Place(PlacePlan plan, Host host)
    {
        Preset = plan.Preset;
        Inside = plan.Inside;
        Wan = plan.Wan;
        Host = host;
        _nextLease = FirstLease;
    }

    /// <summary>The name of the place and of its namespace.</summary>
    public string Name => Host.Name;

    /// <summary>Its kind.</summary>
    public Preset Preset { get; }

    /// <summary>Its namespace, with the interfaces `wan` (to the core) and `in0` (bridge, cables of routers).</summary>
    public Host Host { get; }

    /// <summary>The subnet at the cable.</summary>
    public IPNetwork Inside { get; }

    /// <summary>The default gateway of the routers that are plugged in.</summary>
    public IPAddress Gateway => Inside.Nth(1);

    /// <summary>The place's own public address: of a NAT, the one that the Internet sees.</summary>
    public IPAddress WanAddress => Wan.Nth(2);

    internal IPNetwork Wan { get; }

    private int FirstLease => Preset.IsPublic ? FirstPublicLease : FirstPrivateLease;

    private int LastLease => (1 << (32 - Inside.PrefixLength)) - 2;

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

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
