namespace NTMobile.Lab;

/// <summary>
/// A home router's NAT: endpoint-independent mapping, address- and port-dependent filtering, no hairpin (RFC 4787 terms).
/// </summary>
/// <remarks>
/// The kernel's masquerade chooses per connection, so the mapping is kept here: the first packet of an inside address and port
/// gets a random outside port from the kernel, and the chain `learn`, which sees the packet after that, writes it down; later
/// packets of the same inside address and port, to whatever destination, are sent through the map. Entries live five minutes
/// after the last packet outwards. What a packet from outside must match outlives connection tracking: the set of contacted
/// remote addresses and ports. TCP and ICMP are masqueraded as the kernel likes.
/// </remarks>
internal sealed class HomePreset : Preset
{
    public override string Name => "home";

    public override string Description => "NAT, endpoint-independent mapping, port-restricted filtering";

    public override bool IsPublic => false;

    internal override string Forget => "flush map ip lab outside; flush map ip lab inside; flush set ip lab contacted";

    internal override string Rules(PlacePlan place) => $$"""
        table ip lab {
          map outside { type ipv4_addr . inet_service : inet_service; flags dynamic,timeout; timeout 5m; size 65535; }
          map inside { type inet_service : ipv4_addr . inet_service; flags dynamic,timeout; timeout 5m; size 65535; }
          set contacted { type inet_service . ipv4_addr . inet_service; flags dynamic,timeout; timeout 5m; size 65535; }
          chain in { type nat hook prerouting priority dstnat;
            iifname "wan" meta l4proto udp udp dport . ip saddr . udp sport @contacted dnat ip to udp dport map @inside
          }
          chain out { type nat hook postrouting priority srcnat;
            oifname "wan" meta l4proto udp snat ip to {{place.WanAddress}} : ip saddr . udp sport map @outside
            oifname "wan" meta l4proto udp masquerade to :1024-65535 fully-random
            oifname "wan" masquerade
          }
          chain learn { type filter hook postrouting priority srcnat + 1;
            oifname "wan" meta l4proto udp ct direction original update @outside { ct original ip saddr . ct original proto-src : udp sport } update @inside { udp sport : ct original ip saddr . ct original proto-src }
            oifname "wan" meta l4proto udp ct direction reply update @outside { ct reply ip saddr . ct reply proto-src : udp sport } update @inside { udp sport : ct reply ip saddr . ct reply proto-src }
            oifname "wan" meta l4proto udp update @contacted { udp sport . ip daddr . udp dport }
          }
          {{NatFilter.Chains(place.WanAddress)}}
        }
        """;
}
