namespace NTMobile.Lab;

/// <summary>
/// A kind of place that a router can be attached to. A place is a namespace between the Internet core (its interface `wan`)
/// and the cable of the router (its bridge `in0`); one preset is one file and says what happens between the two.
/// </summary>
public abstract class Preset
{
    private bool _addsIPv6;

    /// <summary>What stands between by IPv4, in a word, e.g. `home`.</summary>
    public abstract string Kind { get; }

    /// <summary>The name: the kind, and `home6` where there is IPv6 besides IPv4.</summary>
    public string Name => _addsIPv6 ? $"{Kind}6" : Kind;

    /// <summary>What stands between, in one line for the drawing.</summary>
    public abstract string Description { get; }

    /// <summary>True when the router gets a global address.</summary>
    public abstract bool IsPublic { get; }

    /// <summary>True when all sites of a world that are made with this preset are plugged into one and the same place.</summary>
    public virtual bool IsShared => false;

    /// <summary>False when there is only IPv6.</summary>
    internal virtual bool OffersIPv4 => true;

    /// <summary>True when there is IPv6: a global address, behind a stateful filter unless the kind is without one.</summary>
    public bool OffersIPv6 => _addsIPv6 || !OffersIPv4;

    /// <summary>False when the kind has IPv4 alone.</summary>
    internal virtual bool CanHaveIPv6 => true;

    /// <summary>The kind of place that this one's `wan` is plugged into, made along with it; null: the core. It has IPv6 where this one has.</summary>
    internal virtual Preset? Behind => null;

    /// <summary>How long a NAT keeps a UDP mapping that nobody uses, unless the place's options say it.</summary>
    internal virtual TimeSpan UdpLifetime => TimeSpan.FromMinutes(5);

    /// <summary>The largest packet that passes before anybody changes it.</summary>
    internal virtual int Mtu => PlacePlan.CableMtu;

    /// <summary>Where the subnet at the cable is taken from.</summary>
    internal virtual AddressPool Cables(WorldAddresses addresses) => IsPublic ? addresses.PublicPlaces : addresses.PrivatePlaces;

    /// <summary>Lines of ip(8) for what there is besides `wan` and `in0`.</summary>
    internal virtual IReadOnlyList<string> Links(PlacePlan place) => [];

    /// <summary>The rules between `wan` and `in0`, as nft(8) input; empty for none.</summary>
    internal abstract string Rules(PlacePlan place);

    /// <summary>The rules for IPv6 where the place offers it, likewise.</summary>
    internal virtual string Rules6 => NatFilter.Stateful6();

    /// <summary>Starts the programs that belong to the place; called once, when the network of the world stands.</summary>
    internal virtual Task StartAsync(Place place) => Task.CompletedTask;

    /// <summary>What RebootNat has to forget besides connection tracking, as nft(8) input; empty for nothing.</summary>
    internal virtual string Forget => "";

    /// <summary>The same kind with IPv6 besides IPv4.</summary>
    /// <exception cref="LabException">It has IPv6 already, or cannot have it.</exception>
    public Preset WithIPv6()
    {
        if (OffersIPv6 || !CanHaveIPv6)
        {
            throw new LabException($"the preset {this} has {(!OffersIPv4 ? "IPv6 alone" : OffersIPv6 ? "IPv6 already" : "no IPv6")}");
        }

        var both = (Preset)MemberwiseClone();
        both._addsIPv6 = true;
        return both;
    }

    /// <summary>The name of its n-th place in a world: `home1`, `home6-1`.</summary>
    internal string PlaceName(int n) => _addsIPv6 ? $"{Name}-{n}" : $"{Name}{n}";

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
