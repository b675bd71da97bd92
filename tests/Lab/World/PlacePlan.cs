using System.Net;

namespace NTMobile.Lab;

/// <summary>A place on paper.</summary>
internal sealed class PlacePlan
{
    /// <summary>Rules that runtime actions fill: what is lost on the way, and ICMP errors that are not sent.</summary>
    private const string ActionChains = """
        table inet actions {
          chain blocked { type filter hook forward priority filter - 10; }
          chain errors { type filter hook output priority filter; }
        }

        """;

    private readonly PlannedHost _host;

    public PlacePlan(NetworkPlan network, PlannedHost core, string name, Preset preset, PlaceOptions options, WorldAddresses addresses)
    {
        Name = name;
        Preset = preset;
        Wan = addresses.Transit.Next();
        Inside = preset.IsPublic ? addresses.PublicPlaces.Next() : options.Inside ?? addresses.PrivatePlaces.Next();

        _host = network.Add(name).Forwarding();
        _host.Addresses.Add(WanAddress);
        _host.Set($"net/netfilter/nf_conntrack_checksum={(options.ConntrackChecksum ? 1 : 0)}");

        // A bridge whose only cable is pulled loses its own carrier, and the kernel takes up to a second to give it back:
        // a cable that never moves keeps it.
        _host.Ip.AddRange(["link add in0 type bridge", "link add hold0 type veth peer name hold1", "link set hold0 master in0 up", "link set hold1 up"]);
        network.Cable(core, name, _host, "wan");
        _host.Ip.AddRange(
        [
            "link set in0 up",
            $"addr add {Wan.OnLink(2)} dev wan",
            $"addr add {Inside.OnLink(1)} dev in0",
            $"route add default via {Wan.Nth(1)} dev wan",
        ]);
        _host.Nft.Append(ActionChains).AppendLine(preset.Rules(this));

        core.Ip.Add($"addr add {Wan.OnLink(1)} dev {name}");
        if (preset.IsPublic)
        {
            core.Ip.Add($"route add {Inside} via {WanAddress}");
        }
    }

    public string Name { get; }

    public Preset Preset { get; }

    /// <summary>The subnet between core (.1) and place (.2).</summary>
    public IPNetwork Wan { get; }

    /// <summary>The place's own public address: of a NAT, the one that the Internet sees.</summary>
    public IPAddress WanAddress => Wan.Nth(2);

    /// <summary>The subnet at the cable; gateway .1.</summary>
    public IPNetwork Inside { get; }

    public PlannedHost Host => _host;
}
