using System.Net;
using System.Text;
using NTMobile.Control;
using NTMobile.Packets;
using NTMobile.RouterDaemon.Netcheck;
using NTMobile.RouterDaemon.PortMapping;
using NTMobile.RouterDaemon.Tests.Support;

namespace NTMobile.RouterDaemon.Tests.Netcheck;

public sealed class NetworkCheckerTests
{
    private static readonly IPEndPoint Nobody = new(IPAddress.Loopback, 9);

    [Theory]
    [InlineData(UdpState.Unknown, NatMapping.None, NatFiltering.EndpointIndependent, Reach.Nobody)]
    [InlineData(UdpState.Blocked, NatMapping.Unknown, NatFiltering.Unknown, Reach.Relay)]
    [InlineData(UdpState.Works, NatMapping.Unknown, NatFiltering.Unknown, Reach.NotMeasured)]
    [InlineData(UdpState.Works, NatMapping.EndpointDependent, NatFiltering.AddressAndPortDependent, Reach.SomeDirect)]
    [InlineData(UdpState.Works, NatMapping.EndpointIndependent, NatFiltering.AddressAndPortDependent, Reach.MostDirect)]
    [InlineData(UdpState.Works, NatMapping.EndpointIndependent, NatFiltering.Unknown, Reach.MostDirect)]
    [InlineData(UdpState.Works, NatMapping.EndpointIndependent, NatFiltering.EndpointIndependent, Reach.AllDirect)]
    [InlineData(UdpState.Works, NatMapping.None, NatFiltering.EndpointIndependent, Reach.AllDirect)]
    public void Mapping_and_filtering_tell_who_can_be_reached(UdpState udp, NatMapping mapping, NatFiltering filtering, Reach reach) =>
        Assert.Equal(reach, NetworkChecker.ReachOf(udp, Uplink(mapping, filtering)));

    [Fact]
    public async Task A_gateway_is_asked_by_each_protocol_and_believed_by_a_right_answer_only()
    {
        using var mapper = new LoopbackGateway(question => question[0] == 2 ? [2, 0x80, .. new byte[22]] : [0, 0x80, 0, 0, 0, 0, 0, 9, 198, 51, 100, 7]);
        using var upnp = new LoopbackGateway(_ => Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n"));
        Assert.Equal(new(true, true, true), await AskAsync(mapper.At, upnp.At));

        using var pcpAlone = new LoopbackGateway(question => [2, (byte)(0x80 | question[1]), 0, 1, .. new byte[20]]); // RFC 6887 §9: to NAT-PMP "unsupported version" in its own
        using var printer = new LoopbackGateway(_ => Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:Printer:1\r\n\r\n"));
        Assert.Equal(new(true, false, false), await AskAsync(pcpAlone.At, printer.At));
    }

    [Fact]
    public async Task A_gateway_that_says_nothing_speaks_none() => Assert.Equal(new(false, false, false), await AskAsync(Nobody, Nobody));

    [Fact]
    public async Task Nobody_answers_for_a_web_page_where_there_is_no_server() =>
        Assert.Null(await UplinkProbe.GetAsync(null, Nobody, TestContext.Current.CancellationToken));

    [Fact]
    public void An_open_port_lets_everybody_in() => Assert.Equal(
        Reach.AllDirect,
        NetworkChecker.ReachOf(UdpState.Works, Uplink(NatMapping.EndpointDependent, NatFiltering.AddressAndPortDependent) with
        {
            PortMapping = new(PortMappingState.Open, "PCP", "203.0.113.9:4330"),
        }));

    private static Task<PortMappingProtocols> AskAsync(IPEndPoint mapper, IPEndPoint upnp) => PortMappingProbe.AskAsync(
        new GatewayLink(null, Endpoint.From(IPAddress.Loopback, 4330), mapper, upnp), TestContext.Current.CancellationToken);

    private static UplinkStatus Uplink(NatMapping mapping, NatFiltering filtering) => new()
    {
        Name = "wan0",
        Up = true,
        Address = null,
        Gateway = null,
        NatMapping = mapping,
        NatFiltering = filtering,
        Mtu = 1500,
        PublicEndpoint = null,
        PortMapping = new(PortMappingState.None, null, null),
    };
}
