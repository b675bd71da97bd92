using System.Net.Sockets;
using System.Text.Json;

namespace NTMobile.Lab.Product;

/// <summary>Asks what a service of the product says of itself, by its Unix socket: quicker than a process of its command line each time.</summary>
internal static class LocalApi
{
    /// <summary>The answer to a GET; throws <see cref="LabException"/> when there is none.</summary>
    public static async Task<JsonElement> GetAsync(string socket, string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectCallback = (_, cancel) => ConnectAsync(socket, cancel) })
        {
            BaseAddress = new Uri("http://localhost/"),
            Timeout = Tool.DefaultTimeout,
        };
        try
        {
            using var document = JsonDocument.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)).ConfigureAwait(false));
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException)
        {
            throw new LabException($"{socket}: GET {path}: {e.Message}", e);
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
