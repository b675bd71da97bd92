using System.Globalization;

namespace NTMobile.Lab;

/// <summary>
/// The rules of a NAT with endpoint-independent mapping (RFC 4787 terms), without a hairpin or, if the place has one, with. Its filtering is either
/// address- and port-dependent, or lets in whoever knows the port.
/// </summary>
/// <remarks>
/// The kernel's masquerade chooses per connection, so the mapping is kept here: the first packet of an inside address and port
/// gets a random outside port from the kernel, and the chain `learn`, which sees the packet after that, writes it down; later
/// packets of the same inside address and port, to whatever destination, are sent through the map. Entries live for the place's
/// UDP lifetime after the last packet outwards. What a packet from outside must match outlives connection tracking: the set of
/// contacted remote addresses and ports. TCP and ICMP are masqueraded as the kernel likes.
/// </remarks>
internal static class EndpointIndependentNat
{
    /// <summary>What forgets all mappings, as nft(8) input.</summary>
    public const string Forget = "flush map ip lab outside; flush map ip lab inside; flush set ip lab contacted";

    /// <param name="place">The place.</param>
    /// <param name="filters">Whether only a contacted address and port gets in.</param>
    /// <param name="starts">What may start connections: <see cref="NatFilter"/>.</param>
    public static string Rules(PlacePlan place, bool filters = true, string starts = NatFilter.InsideStarts)
    {
        string kept = string.Create(
            CultureInfo.InvariantCulture, $"flags dynamic,timeout; timeout {place.UdpLifetime.TotalSeconds:0}s; size 65535;");
        string known = filters ? "udp dport . ip saddr . udp sport @contacted" : "";
        // By the hairpin an inside address and port is let in without having been contacted; the source is translated by the same map.
        string back = place.Hairpin ? $"""iifname "in0" ip daddr {place.WanAddress} meta l4proto udp dnat ip to udp dport map @inside""" : "";
        string turned = place.Hairpin ? $"""iifname "in0" oifname "in0" ct status dnat meta l4proto udp snat ip to {place.WanAddress} : ip saddr . udp sport map @outside""" : "";
        return $$"""
        table ip lab {
          map outside { type ipv4_addr . inet_service : inet_service; {{kept}} }
          map inside { type inet_service : ipv4_addr . inet_service; {{kept}} }
          set contacted { type inet_service . ipv4_addr . inet_service; {{kept}} }
          chain in { type nat hook prerouting priority dstnat;
            iifname "wan" meta l4proto udp {{known}} dnat ip to udp dport map @inside
            {{back}}
          }
          chain out { type nat hook postrouting priority srcnat;
            oifname "wan" meta l4proto udp snat ip to {{place.WanAddress}} : ip saddr . udp sport map @outside
            oifname "wan" meta l4proto udp masquerade to :1024-65535 fully-random
            oifname "wan" masquerade
            {{turned}}
          }
          chain learn { type filter hook postrouting priority srcnat + 1;
            oifname "wan" meta l4proto udp ct direction original update @outside { ct original ip saddr . ct original proto-src : udp sport } update @inside { udp sport : ct original ip saddr . ct original proto-src }
            oifname "wan" meta l4proto udp ct direction reply update @outside { ct reply ip saddr . ct reply proto-src : udp sport } update @inside { udp sport : ct reply ip saddr . ct reply proto-src }
            oifname "wan" meta l4proto udp update @contacted { udp sport . ip daddr . udp dport }
          }
          {{NatFilter.Chains(place.WanAddress, starts)}}
        }

        """;
    }
}
