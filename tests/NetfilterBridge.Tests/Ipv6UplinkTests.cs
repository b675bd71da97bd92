using NTMobile.Linux;
using NTMobile.Packets;
using NTMobile.TestSupport;
using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

/// <summary>An uplink with several IPv6 addresses: what is bound to it sends from the one that was chosen, whatever the kernel would have taken.</summary>
public sealed class Ipv6UplinkTests : IDisposable
{
    private readonly NetNamespace _router = new();
    private readonly NetNamespace _far = new();
    private readonly RouteEditor _editor;
    private readonly PolicyRouter _policy;

    public Ipv6UplinkTests()
    {
        NetNamespace.Join(_router, "wan0", "10.0.0.1/24", _far, "far0", "10.0.0.2/24");
        _far.Exec("ip", "address add 2001:db8:1::1/64 dev far0 nodad");
        _far.Exec("ip", "address add 2001:db8:9::9/128 dev far0 nodad");
        foreach (var host in (string[])["2001:db8:1::3", "2001:db8:1::7"])
        {
            _router.Exec("ip", $"address add {host}/64 dev wan0 nodad");
        }

        _router.Exec("ip", "-6 route add default via 2001:db8:1::1 dev wan0");
        _editor = _router.Run(() => new RouteEditor());
        _policy = _router.Run(() => new PolicyRouter());
    }

    public void Dispose()
    {
        _editor.Dispose();
        _policy.Dispose();
        _router.Dispose();
        _far.Dispose();
    }

    [Theory]
    [InlineData("[2001:db8:1::1]:4330")]
    [InlineData("[2001:db8:9::9]:4330")]
    public void Bound_sockets_send_from_the_chosen_address_and_a_second_look_changes_nothing(string to)
    {
        Assert.True(Apply() > 0);
        Assert.Equal(0, Apply());
        using var own = _router.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv6(0, 4330)) { Device = "wan0" }));
        using var far = _far.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv6(0, 4330))));
        Assert.Equal(SendStatus.Sent, own.Send(Endpoint.Parse(to), "ping"u8, 4).Status);
        Assert.Equal(1, far.Receive(5000));
        Assert.Equal(Endpoint.Parse("[2001:db8:1::3]:4330"), far[0].From);

        _router.Exec("ip", "address del 2001:db8:1::3/64 dev wan0");
        Assert.True(Apply() > 0);
        Assert.Equal(0, Apply());
        Assert.Equal(SendStatus.Sent, own.Send(Endpoint.Parse(to), "ping"u8, 4).Status);
        Assert.Equal(1, far.Receive(5000));
        Assert.Equal(Endpoint.Parse("[2001:db8:1::7]:4330"), far[0].From);
    }

    private int Apply() => _router.Run(() => _policy.Apply(PolicyRouting.Plan(new PolicyRoutingOptions
    {
        Lans = [],
        Uplinks6 = PolicyRouting.FindUplink6(_editor.Snapshot(), "wan0", 1990) is { } uplink ? [uplink] : [],
    })));
}
