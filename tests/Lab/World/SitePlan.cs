using System.Net;

namespace NTMobile.Lab;

/// <summary>A router and its LAN on paper.</summary>
internal sealed class SitePlan
{
    public SitePlan(NetworkPlan network, string name, IReadOnlyList<PlacePlan> places, SiteOptions options)
    {
        Name = name;
        Options = options;
        Places = places;
        Router = network.Add(name);
        Router.Addresses.Add(options.Lan.Nth(1));
        Router.Ip.AddRange(["link add lan0 type bridge", "link set lan0 up", $"addr add {options.Lan.OnLink(1)} dev lan0"]);
        if (options.Lan6 is { } lan6)
        {
            Router.Addresses6.Add(lan6.Nth(1));
            Router.Ip.Add($"addr add {lan6.OnLink(1)} dev lan0");
        }

        for (int n = 0; n < places.Count; n++)
        {
            network.Cable(places[n].Host, PortName(name, n), Router, $"wan{n}");
            places[n].Host.Ip.Add($"link set {PortName(name, n)} master in0");
        }

        if (options.OrdinaryNat)
        {
            Router.Forwarding().Nft.Append("""
                table ip ordinary {
                  chain out { type nat hook postrouting priority srcnat; oifname "wan*" masquerade; }
                }
                """);
        }

        Devices = [.. Enumerable.Range(1, options.Devices).Select(n => LayDevice(network, n))];
    }

    public string Name { get; }

    public SiteOptions Options { get; }

    public IReadOnlyList<PlacePlan> Places { get; }

    public PlannedHost Router { get; }

    public IReadOnlyList<PlannedHost> Devices { get; }

    /// <summary>The far end of an uplink's cable has the site's name, inside the place's namespace.</summary>
    public static string PortName(string site, int uplink) => uplink == 0 ? site : $"{site}.{uplink}";

    private PlannedHost LayDevice(NetworkPlan network, int number)
    {
        PlannedHost device = network.Add($"{Name}-{number}");
        network.Cable(Router, $"dev{number}", device, "eth0");
        Router.Ip.Add($"link set dev{number} master lan0");
        if (Options.DevicesHaveIpv4)
        {
            device.Resolver = Options.Lan.Nth(1);
            Join(device, device.Addresses, Options.Lan, number);
        }

        if (Options.Lan6 is { } lan6)
        {
            device.Resolver = Options.DevicesHaveIpv4 ? device.Resolver : lan6.Nth(1);
            Join(device, device.Addresses6, lan6, number);
        }

        return device;
    }

    private static void Join(PlannedHost device, List<IPAddress> addresses, IPNetwork lan, int number)
    {
        addresses.Add(lan.Nth(99 + number));
        device.Ip.AddRange([$"addr add {lan.OnLink(99 + number)} dev eth0", $"route add default via {lan.Nth(1)}"]);
    }
}
