namespace NTMobile.Lab;

/// <summary>miniupnpd at a place's gateway: opens ports for those inside by PCP, NAT-PMP and UPnP, with rules of its own in the kernel.</summary>
public sealed class MiniUpnpd
{
    /// <summary>The chains that it fills. What they let in passes the place's filter by `ct status dnat`.</summary>
    internal const string Rules = """
        table inet miniupnpd {
          chain forward { }
          chain in { }
          chain out { }
          chain to_forward { type filter hook forward priority filter - 1; jump forward; }
          chain to_in { type nat hook prerouting priority dstnat - 1; jump in; }
          chain to_out { type nat hook postrouting priority srcnat - 1; jump out; }
        }

        """;

    private readonly Host _host;
    private readonly DaemonProcess _process;

    private MiniUpnpd(Host host, DaemonProcess process)
    {
        _host = host;
        _process = process;
    }

    /// <summary>The ports that are open now, as nft(8) prints the rules.</summary>
    public Task<string> OpenPortsAsync() => _host.RunAsync("nft", "list", "chain", "inet", "miniupnpd", "in");

    /// <summary>It forgets all ports, as in a reboot, and starts again.</summary>
    public async Task RestartAsync()
    {
        await _process.KillAsync().ConfigureAwait(false);
        await _host.NftAsync("flush chain inet miniupnpd forward; flush chain inet miniupnpd in; flush chain inet miniupnpd out").ConfigureAwait(false);
        await _process.RestartAsync().ConfigureAwait(false);
    }

    internal static async Task<MiniUpnpd> StartAsync(Place place, GatewayProtocols protocols)
    {
        string Switch(GatewayProtocols protocol) => protocols.HasFlag(protocol) ? "yes" : "no";
        string configuration = place.Host.NewLogFile("miniupnpd", "conf");
        await File.WriteAllTextAsync(configuration, $"""
            ext_ifname=wan
            listening_ip=in0
            ipv6_disable=yes
            enable_natpmp={Switch(GatewayProtocols.Pcp)}
            enable_upnp={Switch(GatewayProtocols.Upnp)}
            secure_mode=yes
            system_uptime=no
            uuid=2a7b8c1e-5d3f-4e60-9b1a-0c4d6e8f1a23
            upnp_table_name=miniupnpd
            upnp_nat_table_name=miniupnpd
            upnp_forward_chain=forward
            upnp_nat_chain=in
            upnp_nat_postrouting_chain=out

            """).ConfigureAwait(false);
        var spec = new ProcessSpec
        {
            Command = "miniupnpd",
            Arguments = ["-d", "-f", configuration, "-P", place.Host.NewLogFile("miniupnpd", "pid")],
        };
        string ready = protocols.HasFlag(GatewayProtocols.Upnp) ? "HTTP listening on port" : "Listening for NAT-PMP/PCP traffic";
        return new MiniUpnpd(place.Host, await DaemonProcess.StartAsync(place.Host, spec, Readiness.Line(ready)).ConfigureAwait(false));
    }
}
