using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using NTMobile.Packets;
using NTMobile.RouterDaemon.PortMapping;
using NTMobile.RouterDaemon.Tests.Support;
using NTMobile.Wire.PortMapping;

namespace NTMobile.RouterDaemon.Tests.PortMapping;

/// <summary>A gateway on loopback, asked by real sockets.</summary>
public sealed class PcpAndNatPmpTests
{
    private static readonly PcpNonce Nonce = new(1, 2);
    private static readonly Endpoint Outside = Endpoint.Parse("203.0.113.9:50000");
    private static readonly Endpoint Local = Endpoint.Parse("127.0.0.1:4330");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PCP_opens_a_port_asks_for_the_same_again_and_closes_it()
    {
        using var gateway = new LoopbackGateway(Granted);
        var client = new PcpClient(Link(gateway), Nonce);
        Assert.Equal(new OpenPort(Outside, TimeSpan.FromSeconds(120), 77), await client.OpenAsync(Cancel));
        Assert.NotNull(await client.OpenAsync(Cancel));
        await client.CloseAsync(Cancel);

        Assert.Equal([120u, 120u, 0u], gateway.Asked.Select(a => BinaryPrimitives.ReadUInt32BigEndian(a.AsSpan(4))));
        Assert.Equal([0, 50000, 0], gateway.Asked.Select(a => (int)BinaryPrimitives.ReadUInt16BigEndian(a.AsSpan(42))));
        Assert.All(gateway.Asked, a => Assert.Equal(4330, BinaryPrimitives.ReadUInt16BigEndian(a.AsSpan(40))));
    }

    [Theory]
    [InlineData(3, 2)] // refused: not authorised
    [InlineData(35, 3)] // another nonce
    [InlineData(41, 1)] // another internal port
    [InlineData(36, 6)] // TCP
    public async Task PCP_believes_an_answer_to_its_own_question_only(int at, byte value)
    {
        using var gateway = new LoopbackGateway(asked =>
        {
            var answer = Granted(asked);
            answer[at] = value;
            return answer;
        });
        Assert.Null(await new PcpClient(Link(gateway), Nonce).OpenAsync(Cancel));
    }

    [Fact]
    public async Task PCP_believes_nobody_but_the_gateways_own_port()
    {
        using var other = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var gateway = new LoopbackGateway(Granted, other);
        Assert.Null(await new PcpClient(Link(gateway), Nonce).OpenAsync(Cancel));
        Assert.NotEmpty(gateway.Asked);
    }

    [Fact]
    public async Task A_gateway_that_speaks_NAT_PMP_alone_refuses_PCP_at_once()
    {
        using var gateway = new LoopbackGateway(NatPmpAlone);
        var began = TimeProvider.System.GetTimestamp();
        Assert.Null(await new PcpClient(Link(gateway), Nonce).OpenAsync(Cancel));
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(0.8));

        var client = new NatPmpClient(Link(gateway));
        Assert.Equal(new OpenPort(Outside, TimeSpan.FromSeconds(120), 78), await client.OpenAsync(Cancel));
        await client.CloseAsync(Cancel);
        Assert.Equal(Convert.FromHexString("0001000010EA000000000000"), gateway.Asked[^1]);
    }

    [Theory]
    [InlineData(3)] // of the address
    [InlineData(1003)] // of the mapping
    public async Task NAT_PMP_believes_no_refusal(int at)
    {
        using var gateway = new LoopbackGateway(asked =>
        {
            var answer = NatPmpAlone(asked);
            if (asked.Length == (at > 1000 ? 12 : 2))
            {
                answer[at % 1000] = 3;
            }

            return answer;
        });
        Assert.Null(await new NatPmpClient(Link(gateway)).OpenAsync(Cancel));
    }

    private static GatewayLink Link(LoopbackGateway gateway) => new(null, Local, gateway.At, gateway.At) { Patience = TimeSpan.FromSeconds(0.9) };

    private static byte[] Granted(byte[] asked)
    {
        byte[] answer = [.. asked];
        answer[1] |= 0x80;
        answer.AsSpan(8, 16).Clear();
        answer[11] = 77;
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(42), Outside.Port);
        BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(56), Outside.Ipv4Address);
        return answer;
    }

    private static byte[] NatPmpAlone(byte[] asked) => asked switch
    {
        [0, 0] => Convert.FromHexString("008000000000004DCB007109"),
        [0, 1, ..] => [0, 0x81, 0, 0, 0, 0, 0, 78, asked[4], asked[5], 0xC3, 0x50, .. asked[8..12]],
        _ => [0, (byte)(0x80 | asked[1]), 0, 1, 0, 0, 0, 77],
    };
}
