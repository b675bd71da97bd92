using System.Net;
using System.Net.Sockets;
using NTMobile.Linux;
using NTMobile.TestSupport;

namespace NTMobile.NetfilterBridge.Tests;

/// <summary>
/// The nastiest form of overlapping addresses:
/// <code>
/// device 192.168.8.100 ── lan0 192.168.8.1 │ router │ wan0 192.168.8.100 ── 192.168.8.1 │ home NAT │ 203.0.113.2 ── 203.0.113.1 Internet host
///   dev0                                                                      home0                  inet0            srv0
/// </code>
/// The uplink's address is the device's, and the uplink's gateway is the router's own LAN address.
/// </summary>
internal sealed class SameSubnetWorld : IDisposable
{
    public static readonly IPAddress InternetHost = IPAddress.Parse("203.0.113.1");

    public SameSubnetWorld()
    {
        NetNamespace.Join(Router, "lan0", "192.168.8.1/24", Device, "dev0", "192.168.8.100/24");
        NetNamespace.Join(Router, "wan0", "192.168.8.100/24", Home, "home0", "192.168.8.1/24");
        NetNamespace.Join(Home, "inet0", "203.0.113.2/24", Internet, "srv0", "203.0.113.1/24");
        Device.Exec("ip", "route add default via 192.168.8.1");
        Router.Exec("ip", "route add default via 192.168.8.1 dev wan0");
        Home.Exec("sh", "-c \"echo 1 > /proc/sys/net/ipv4/ip_forward\"");
        Home.Exec("nft", "-f -", """
            table ip home {
                chain nat { type nat hook postrouting priority srcnat; oifname inet0 masquerade; }
                chain seen { type filter hook prerouting priority raw; iifname home0 ip daddr 198.18.0.0/15 counter; }
            }
            """);
        Editor = Router.Run(() => new RouteEditor());
        PolicyRouter = Router.Run(() => new PolicyRouter());
        Rules = new RuleSetOptions { LanInterfaces = ["lan0"], Uplinks = ["wan0"], RouterPort = 4330 };
    }

    public NetNamespace Device { get; } = new();

    public NetNamespace Router { get; } = new();

    public NetNamespace Home { get; } = new();

    public NetNamespace Internet { get; } = new();

    public RouteEditor Editor { get; }

    public PolicyRouter PolicyRouter { get; }

    public RuleSetOptions Rules { get; set; }

    /// <summary>Plans from what the kernel says now, and applies.</summary>
    public int Apply() => Router.Run(() =>
    {
        var snapshot = Editor.Snapshot();
        return PolicyRouter.Apply(PolicyRouting.Plan(new PolicyRoutingOptions
        {
            Lans = [PolicyRouting.FindLan(snapshot, "lan0")!],
            Uplinks = PolicyRouting.FindUplink(snapshot, "wan0", 1990) is { } uplink ? [uplink] : [],
            ChosenUplink = "wan0",
        }));
    });

    public void Install() => Router.Run(() => RuleSet.Probe().Install(Rules));

    /// <summary>Packets to virtual addresses that came out of the router's uplink.</summary>
    public bool NothingVirtualLeft() => Home.Exec("nft", "list chain ip home seen").Contains("packets 0 ");

    public bool Ping(NetNamespace from, string to) => from.TryExec("ping", $"-c 1 -W 2 {to}").Code == 0;

    /// <summary>Serves one connection after the other with a greeting.</summary>
    public static TcpListener Serve(NetNamespace space, int port)
    {
        var listener = space.Run(() => new TcpListener(IPAddress.Any, port));
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync(new byte[100_000]);
            }
        });
        return listener;
    }

    /// <summary>Connects and reads to the end.</summary>
    public static int Fetch(NetNamespace space, IPAddress address, int port)
    {
        using var socket = space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5000 });
        if (!socket.ConnectAsync(address, port).Wait(5000))
        {
            return -1;
        }

        var (total, buffer) = (0, new byte[65536]);
        for (int n; (n = socket.Receive(buffer)) > 0;)
        {
            total += n;
        }

        return total;
    }

    public void Dispose()
    {
        Editor.Dispose();
        PolicyRouter.Dispose();
        Device.Dispose();
        Router.Dispose();
        Home.Dispose();
        Internet.Dispose();
    }
}
