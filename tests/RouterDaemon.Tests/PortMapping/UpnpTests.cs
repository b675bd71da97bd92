using System.Net;
using System.Net.Sockets;
using System.Text;
using NTMobile.Packets;
using NTMobile.RouterDaemon.PortMapping;
using NTMobile.RouterDaemon.Tests.Support;

namespace NTMobile.RouterDaemon.Tests.PortMapping;

/// <summary>A UPnP gateway on loopback, asked by real sockets.</summary>
public sealed class UpnpTests
{
    private static readonly Endpoint Local = Endpoint.Parse("127.0.0.1:4330");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task IGD_2_chooses_the_port()
    {
        using var gateway = new UpnpGateway(2, action => action == "AddAnyPortMapping" ? (200, Said(action, "<NewReservedPort>4444</NewReservedPort>")) : null);
        using var client = new UpnpClient(gateway.Link);
        Assert.Equal(new OpenPort(Endpoint.Parse("203.0.113.9:4444"), TimeSpan.FromSeconds(600), null), await client.OpenAsync(Cancel));
        Assert.Equal(Endpoint.Parse("203.0.113.9:4444"), (await client.OpenAsync(Cancel))!.Outside);
        await client.CloseAsync(Cancel);
        Assert.Equal(["GetExternalIPAddress", "AddAnyPortMapping", "GetExternalIPAddress", "AddPortMapping", "DeletePortMapping"], gateway.Actions);
        Assert.Contains("<NewExternalPort>4444</NewExternalPort>", gateway.Last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IGD_1_is_asked_for_another_port_when_one_is_taken_and_for_a_permanent_one_when_it_knows_no_other()
    {
        var asked = 0;
        using var gateway = new UpnpGateway(1, action => action != "AddPortMapping" ? null : ++asked switch
        {
            1 => (500, Said("Fault", "<errorCode>718</errorCode>")),
            2 => (500, Said("Fault", "<errorCode>725</errorCode>")),
            _ => null,
        });
        using var client = new UpnpClient(gateway.Link);
        var port = await client.OpenAsync(Cancel);
        Assert.NotEqual(4330, port!.Outside.Port);
        Assert.Contains($"<NewExternalPort>{port.Outside.Port}</NewExternalPort>", gateway.Last, StringComparison.Ordinal);
        Assert.Contains("<NewLeaseDuration>0</NewLeaseDuration>", gateway.Last, StringComparison.Ordinal);
        Assert.Contains("<NewInternalPort>4330</NewInternalPort><NewInternalClient>127.0.0.1</NewInternalClient>", gateway.Last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_final()
    {
        using var gateway = new UpnpGateway(1, action => action == "AddPortMapping" ? (500, Said("Fault", "<errorCode>606</errorCode>")) : null);
        using var client = new UpnpClient(gateway.Link);
        Assert.Null(await client.OpenAsync(Cancel));
        Assert.Equal(["GetExternalIPAddress", "AddPortMapping"], gateway.Actions);
    }

    [Fact]
    public async Task Answers_without_end_and_redirections_are_given_up()
    {
        foreach (var answer in new[] { (200, new string('x', 1 << 20)), (302, "") })
        {
            using var gateway = new UpnpGateway(1, _ => answer);
            using var client = new UpnpClient(gateway.Link);
            Assert.Null(await client.OpenAsync(Cancel));
        }
    }

    [Theory]
    [InlineData("http://192.0.2.1:5000/desc.xml")]
    [InlineData("http://gateway.example/desc.xml")]
    [InlineData("https://127.0.0.1/desc.xml")]
    [InlineData("http://127.0.0.1@192.0.2.1/desc.xml")]
    [InlineData("desc.xml")]
    public void A_description_elsewhere_than_at_the_gateway_is_not_fetched(string location)
    {
        Assert.False(Ssdp.TryReadLocation(Found(location), IPAddress.Loopback, out _));
        Assert.True(Ssdp.TryReadLocation(Found("http://127.0.0.1:5000/desc.xml"), IPAddress.Loopback, out _));
    }

    [Fact]
    public void Services_are_found_in_their_order_and_at_the_gateway_only()
    {
        var location = new Uri("http://127.0.0.1:5000/a/desc.xml");
        var found = UpnpXml.Services(Encoding.UTF8.GetBytes($"""
            <root xmlns="urn:schemas-upnp-org:device-1-0"><device><serviceList>
            {Service("WANPPPConnection:1", "ppp")}{Service("WANIPConnection:1", "/ip")}{Service("WANIPConnection:1", "http://192.0.2.1/ip")}
            {Service("Layer3Forwarding:1", "/l3")}{Service("WANIPConnection:2", "http://127.0.0.1:5001/ip2")}
            </serviceList></device></root>
            """), location, IPAddress.Loopback);
        Assert.Equal(["http://127.0.0.1:5001/ip2", "http://127.0.0.1:5000/ip", "http://127.0.0.1:5000/a/ppp"], found.Select(s => s.Control.ToString()));

        var moved = UpnpXml.Services(
            Encoding.UTF8.GetBytes($"<root><URLBase>http://192.0.2.1/</URLBase>{Service("WANIPConnection:1", "/ip")}</root>"), location, IPAddress.Loopback);
        Assert.Empty(moved);
    }

    [Theory]
    [InlineData("<!DOCTYPE r [<!ENTITY a \"b\">]><r><s>&a;</s></r>")]
    [InlineData("<r><s")]
    [InlineData("<?xml version=\"1.0\" encoding=\"no-such\"?><r><s>x</s></r>")]
    [InlineData("\0\u0001")]
    [InlineData("")]
    public void What_is_no_good_XML_says_nothing(string document) => Assert.Null(UpnpXml.Value(Encoding.UTF8.GetBytes(document), "s"));

    [Fact]
    public void A_deep_or_long_document_is_read_as_far_as_its_bound()
    {
        Assert.Null(UpnpXml.Value(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<a>", 60_000)) + "<s>x</s>"), "s"));
        Assert.Equal("x", UpnpXml.Value(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<a>", 30_000)) + "<s>x</s>"), "s"));
    }

    private static string Service(string type, string control) =>
        $"<service><serviceType>urn:schemas-upnp-org:service:{type}</serviceType><controlURL>{control}</controlURL></service>";

    private static byte[] Found(string location) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nLocation: {location}\r\n\r\n");

    private static string Said(string action, string inner) =>
        $"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><u:{action}Response xmlns:u=\"x\">{inner}</u:{action}Response></s:Body></s:Envelope>";

    /// <summary>Search, description and control of a gateway.</summary>
    private sealed class UpnpGateway : IDisposable
    {
        private readonly TcpListener _web = new(IPAddress.Loopback, 0);
        private readonly LoopbackGateway _search;
        private readonly string _description;
        private readonly Func<string, (int, string)?> _answer;

        /// <param name="version">Of its WANIPConnection.</param>
        /// <param name="answer">Status and body for an action; null: the ordinary one.</param>
        public UpnpGateway(int version, Func<string, (int Status, string Body)?> answer)
        {
            _web.Start();
            _answer = answer;
            _description = $"<root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device>{Service($"WANIPConnection:{version}", "/control")}</device></root>";
            _search = new LoopbackGateway(_ => Found($"http://{_web.LocalEndpoint}/desc.xml"));
            _ = ServeAsync();
        }

        public GatewayLink Link => new(null, Local, _search.At, _search.At);

        public List<string> Actions { get; } = [];

        /// <summary>The last question's body.</summary>
        public string Last { get; private set; } = "";

        public void Dispose()
        {
            _web.Dispose();
            _search.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _web.AcceptTcpClientAsync();
                    await AnswerAsync(client.GetStream());
                }
            }
            catch (Exception end) when (end is ObjectDisposedException or SocketException)
            {
                // the test is over
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            var question = await ReadAsync(stream);
            var (status, body) = question.StartsWith("GET", StringComparison.Ordinal) ? (200, _description) : Act(question);
            var head = $"HTTP/1.1 {status} Answer\r\nContent-Length: {body.Length}\r\nLocation: http://{_web.LocalEndpoint}/desc.xml\r\nConnection: close\r\n\r\n";
            try
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head + body));
            }
            catch (IOException)
            {
                // the client has had enough
            }
        }

        private (int, string) Act(string question)
        {
            var action = question.Split("#")[1].Split('"')[0];
            Actions.Add(action);
            Last = question;
            return _answer(action) ?? (200, Said(action, action == "GetExternalIPAddress" ? "<NewExternalIPAddress>203.0.113.9</NewExternalIPAddress>" : ""));
        }

        private static async Task<string> ReadAsync(NetworkStream stream)
        {
            var buffer = new byte[8192];
            var text = "";
            while (!text.Contains("\r\n\r\n", StringComparison.Ordinal) || (text.StartsWith("POST", StringComparison.Ordinal) && !text.Contains("</s:Envelope>", StringComparison.Ordinal)))
            {
                text += Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
            }

            return text;
        }
    }
}
