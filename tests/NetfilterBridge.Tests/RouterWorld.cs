using System.Net;
using System.Net.Sockets;
using NTMobile.TestSupport;

namespace NTMobile.NetfilterBridge.Tests;

/// <summary>
/// The topology of most tests:
/// <code>
/// device 192.168.8.50 ── lan0 192.168.8.1 │ router │ wan0 203.0.113.2 ── 203.0.113.1 server
///            dev0                                                              srv0
/// </code>
/// The server knows a way back to the LAN, so that no address translation is needed.
/// </summary>
internal sealed class RouterWorld : IDisposable
{
    public static readonly IPAddress ServerAddress = IPAddress.Parse("203.0.113.1");
    public static readonly IPAddress DeviceAddress = IPAddress.Parse("192.168.8.50");

    private readonly List<IDisposable> _owned = [];

    public RouterWorld()
    {
        NetNamespace.Join(Router, "lan0", "192.168.8.1/24", Device, "dev0", "192.168.8.50/24");
        NetNamespace.Join(Router, "wan0", "203.0.113.2/24", Server, "srv0", "203.0.113.1/24");
        Device.Exec("ip", "route add default via 192.168.8.1");
        Server.Exec("ip", "route add 192.168.8.0/24 via 203.0.113.2");
        Router.Exec("sh", "-c \"echo 1 > /proc/sys/net/ipv4/ip_forward\"");
    }

    public NetNamespace Device { get; } = new();

    public NetNamespace Router { get; } = new();

    public NetNamespace Server { get; } = new();

    /// <summary>Opens something in a namespace; it is closed with the world.</summary>
    public T Open<T>(NetNamespace space, Func<T> make)
        where T : IDisposable
    {
        var made = space.Run(make);
        _owned.Add(made);
        return made;
    }

    /// <summary>Sends what comes in from the LAN to a queue.</summary>
    public void Queue(string match, int queue) =>
        Router.Exec("iptables-nft", $"-t raw -A PREROUTING -i lan0 {match} -j NFQUEUE --queue-num {queue}");

    /// <summary>A UDP socket of .NET's own.</summary>
    public Socket Udp(NetNamespace space, int port = 0) => Open(space, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000, ReceiveBufferSize = 1 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    });

    public void Dispose()
    {
        _owned.Reverse();
        _owned.ForEach(o => o.Dispose());
        Device.Dispose();
        Router.Dispose();
        Server.Dispose();
    }
}
