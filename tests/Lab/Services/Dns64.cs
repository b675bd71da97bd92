using System.Net;

namespace NTMobile.Lab;

/// <summary>A name server that makes IPv6 addresses of the IPv4 ones where a name has no others (RFC 6147): unbound.</summary>
internal static class Dns64
{
    /// <summary>Starts it on the place's address at the cable, in front of the world's name server; without one there is nothing to ask.</summary>
    public static async Task StartAsync(Place place)
    {
        if (place.Resolver is not { } address)
        {
            return;
        }

        // "test." is one of the zones that unbound would answer for itself. ipv4only.arpa tells clients the prefix (RFC 7050).
        IPNetwork prefix = place.Nat64Prefix!.Value;
        place.Host.WriteEtc("unbound/unbound.conf", $"""
            server:
              interface: {address}
              access-control: ::/0 allow
              module-config: "dns64 iterator"
              dns64-prefix: {prefix}
              do-daemonize: no
              use-syslog: no
              logfile: ""
              username: ""
              chroot: ""
              directory: ""
              pidfile: ""
              local-zone: "test." nodefault
              local-data: "ipv4only.arpa. AAAA {prefix.Embed(IPAddress.Parse("192.0.0.170"))}"
              local-data: "ipv4only.arpa. AAAA {prefix.Embed(IPAddress.Parse("192.0.0.171"))}"
            remote-control:
              control-enable: no
            forward-zone:
              name: "."
              forward-addr: {place.WorldResolver}

            """);
        await DaemonProcess.StartAsync(
            place.Host, new() { Command = "unbound", Arguments = ["-d"] }, Readiness.Line("start of service")).ConfigureAwait(false);
    }
}
