using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using NTMobile.RouterDaemon.Netcheck;

namespace NTMobile.RouterDaemon.PortMapping;

/// <summary>HTTP with the gateway: over the uplink, to the gateway's address only, without redirections, cookies and proxies, and with short answers.</summary>
internal sealed class UpnpHttp : IDisposable
{
    private const int LongestHeadersKiB = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private readonly GatewayLink _link;
    private readonly HttpClient _http;

    public UpnpHttp(GatewayLink link)
    {
        _link = link;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = LongestHeadersKiB,
        };
        _http = new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = UpnpXml.LongestDocument };
        _http.DefaultRequestHeaders.ConnectionClose = true;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Fetches a page; null: there is none.</summary>
    public Task<byte[]?> GetAsync(Uri page, CancellationToken cancel) => SendAsync(new HttpRequestMessage(HttpMethod.Get, page), cancel);

    /// <summary>Asks a service by SOAP; null: it does not answer. An error is an answer too.</summary>
    /// <param name="service">The service.</param>
    /// <param name="action">The action's name.</param>
    /// <param name="arguments">Its arguments in their order.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<byte[]?> CallAsync(UpnpService service, string action, IEnumerable<(string Name, string Value)> arguments, CancellationToken cancel)
    {
        var inner = string.Concat(arguments.Select(a => $"<{a.Name}>{a.Value}</{a.Name}>"));
        var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(
            "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
            + "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body>"
            + $"<u:{action} xmlns:u=\"{service.Type}\">{inner}</u:{action}></s:Body></s:Envelope>"));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("text/xml; charset=\"utf-8\"");
        var request = new HttpRequestMessage(HttpMethod.Post, service.Control) { Content = content };
        request.Headers.TryAddWithoutValidation("SOAPAction", $"\"{service.Type}#{action}\"");
        return SendAsync(request, cancel);
    }

    private async Task<byte[]?> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            using (request)
            using (var response = await _http.SendAsync(request, cancel).ConfigureAwait(false))
            {
                var isAnswer = response.StatusCode is HttpStatusCode.OK or HttpStatusCode.InternalServerError;
                return isAnswer ? await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false) : null;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }

    // Whatever the page's name says: the gateway, by this uplink.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (_link.Device is { } device)
            {
                UplinkProbe.Bind(socket, device);
            }

            await socket.ConnectAsync(new IPEndPoint(_link.Gateway, context.DnsEndPoint.Port), cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
