using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using NTMobile.Security.Channel;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.ServerHost.Tests;

/// <summary>The roles over TLS on TCP, where the KMS has its HTTPS too.</summary>
public sealed class TlsTests(OneServer one)
{
#pragma warning disable CA5359 // as a node does: TLS says nothing about who the server is, the session inside does
    private static readonly RemoteCertificateValidationCallback Anybody = static (_, _, _, _) => true;
#pragma warning restore CA5359
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_node_has_its_sessions_with_DS_and_RS_over_TLS()
    {
        using LoopbackNode node = await one.EnrolAsync("over-tls");
        JsonElement status = await one.Server.StatusAsync();
        byte[] relayKey = Convert.FromBase64String(status.GetProperty("rs").GetProperty("publicKey").GetString()!);

        await AssertPongAsync(node.Ds, 14330);
        await AssertPongAsync(node.NewLink(Endpoint.Parse(one.Machine.Rs), relayKey), 14331);

        JsonElement tls = (await one.Server.StatusAsync()).GetProperty("tls");
        Assert.True(tls.GetProperty("accepted").GetInt64() >= 2);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 1, 2, 3 })]
    public async Task A_length_that_cannot_be_ends_the_connection(byte[] garbage)
    {
        await using SslStream tls = await ConnectAsync();
        await tls.WriteAsync((byte[])[.. StreamHello.Write(14330), .. garbage]);
        await AssertEndAsync(tls);
    }

    [Fact]
    public async Task Nobody_is_behind_another_port()
    {
        await using SslStream tls = await ConnectAsync();
        await tls.WriteAsync(StreamHello.Write(22));
        await AssertEndAsync(tls);
    }

    [Fact]
    public async Task A_browser_finds_a_web_server_and_enrolment_works_there()
    {
        using var web = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Anybody },
        });
        using HttpResponseMessage page = await web.GetAsync($"https://{one.Machine.Address}:{Machine.TlsPort}/");
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);

        var token = await one.Server.TokenAsync("by-web-port");
        using LoopbackNode node = await LoopbackNode.EnrolAsync(token with { Port = Machine.TlsPort });
        Assert.Equal("by-web-port." + Machine.Zone, node.Name);
    }

    private async Task AssertPongAsync(ServerLink link, ushort port)
    {
        await using SslStream tls = await ConnectAsync();
        await tls.WriteAsync((byte[])[.. StreamHello.Write(port), .. Framed(link.BeginHandshake())]);
        Assert.True(link.TryCompleteHandshake(await ReadAsync(tls)));
        await tls.WriteAsync(Framed(link.Seal(new FrameBuilder().Append(new Ping(7)).Written)[0]));
        byte[] answer = await ReadAsync(tls);
        Assert.Equal(LinkReceived.Frames, link.Open(answer, out ReadOnlySpan<byte> frames));
        var received = new ReceivedFrames();
        received.Read(frames);
        Assert.True(received.TryTake(out Pong pong));
        Assert.Equal(7u, pong.Number);
    }

    private async Task<SslStream> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Parse(one.Machine.Address), Machine.TlsPort);
        var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, Anybody);
        await tls.AuthenticateAsClientAsync(one.Machine.Address);
        Assert.Equal(SslProtocols.Tls13, tls.SslProtocol);
        return tls;
    }

    private static async Task AssertEndAsync(SslStream tls)
    {
        using var late = new CancellationTokenSource(Patience);
        try
        {
            Assert.Equal(0, await tls.ReadAsync(new byte[1], late.Token));
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }

    private static byte[] Framed(byte[] datagram) => [(byte)(datagram.Length >> 8), (byte)datagram.Length, .. datagram];

    private static async Task<byte[]> ReadAsync(SslStream tls)
    {
        using var late = new CancellationTokenSource(Patience);
        var length = new byte[2];
        await tls.ReadExactlyAsync(length, late.Token);
        var datagram = new byte[(length[0] << 8) | length[1]];
        await tls.ReadExactlyAsync(datagram, late.Token);
        return datagram;
    }
}
