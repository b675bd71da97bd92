using NTMobile.Packets;
using NTMobile.RouterCore.Translation;

namespace NTMobile.RouterCore.Tests.Translation;

public sealed class PublicPortsTests
{
    private const uint Nas = 0xC0A8_0864, Cam = 0xC0A8_0865;
    private static readonly UInt128 Public = new(0x2001_0DB8_0005_0000, 7);

    [Fact]
    public void A_relay_server_that_gives_two_devices_one_address_is_survived()
    {
        var web = new SharedPorts([new PortRange(IpProtocol.Tcp, 80, 80)], false);
        var ports = new PublicPorts(new Dictionary<uint, PublicDevice> { [Nas] = new(web, Public), [Cam] = new(web, Public) });
        Assert.Contains(ports.DeviceAt(Public), new[] { Nas, Cam });
        Assert.Equal(0u, ports.DeviceAt(0));
        Assert.Equal((Public, (UInt128)0), (ports.Ipv6Of(Cam), ports.Ipv6Of(Nas + 9)));
        Assert.True(ports.Permits(Nas, IpProtocol.Tcp, 80));
        Assert.False(ports.Permits(Nas, IpProtocol.Tcp, 81));
    }
}
