using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NTMobile.Wire.KeyServer;

namespace NTMobile.Security.Enrolment;

/// <summary>Opens the TCP connection, so that the daemon can choose the uplink.</summary>
public delegate ValueTask<Stream> ConnectHook(DnsEndPoint server, CancellationToken cancel);

/// <summary>Talks to one KMS, which it knows by the pinned key alone: no certificate authority and no clock takes part.</summary>
public sealed class KeyServerClient : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WholeTimeout = TimeSpan.FromSeconds(20);

    private readonly KeyServerEntry _server;
    private readonly HttpClient _http;
    private volatile bool _wrongKey; // set by the handshake, read when the request has failed

    /// <summary>Opens no connection yet.</summary>
    /// <param name="server">Where it is and which key it has.</param>
    /// <param name="connect">Opens the connection; null: at the server's port, or else at 443.</param>
    public KeyServerClient(KeyServerEntry server, ConnectHook? connect = null)
    {
        _server = server;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = ConnectTimeout,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = IsPinned },
        };
        var doors = connect ?? new KeyServerDoors().ConnectAsync;
        handler.ConnectCallback = (context, cancel) => doors(context.DnsEndPoint, cancel);

        _http = new HttpClient(handler)
        {
            BaseAddress = new UriBuilder(Uri.UriSchemeHttps, server.Host, server.Port).Uri,
            Timeout = WholeTimeout,
            MaxResponseContentBufferSize = KeyServerProtocol.MaximumBody,
        };
    }

    /// <summary>Gives a token for a certificate.</summary>
    /// <exception cref="KeyServerException">It was refused, or there was no proper answer.</exception>
    public Task<EnrolAnswer> EnrolAsync(EnrolRequest request, CancellationToken cancel) =>
        ExchangeAsync(KeyServerProtocol.Enrol, request, KeyServerJson.Default.EnrolRequest, cancel);

    /// <summary>Gives a certificate for a new one.</summary>
    /// <exception cref="KeyServerException">It was refused, or there was no proper answer.</exception>
    public Task<EnrolAnswer> RenewAsync(RenewRequest request, CancellationToken cancel) =>
        ExchangeAsync(KeyServerProtocol.Renew, request, KeyServerJson.Default.RenewRequest, cancel);

    /// <summary>A node's certificate, not verified.</summary>
    /// <exception cref="KeyServerException">There is none, or there was no proper answer.</exception>
    public Task<byte[]> GetCertificateAsync(string node, CancellationToken cancel) =>
        SendAsync(HttpMethod.Get, KeyServerProtocol.CertificateOf(node), null, cancel);

    /// <summary>The request behind a node's certificate, not verified.</summary>
    /// <exception cref="KeyServerException">There is none, or there was no proper answer.</exception>
    public Task<byte[]> GetRequestAsync(string node, CancellationToken cancel) =>
        SendAsync(HttpMethod.Get, KeyServerProtocol.RequestOf(node), null, cancel);

    /// <summary>A member's package, not verified.</summary>
    /// <exception cref="KeyServerException">There is none, or there was no proper answer.</exception>
    public Task<byte[]> GetPackageAsync(string group, string member, CancellationToken cancel) =>
        SendAsync(HttpMethod.Get, KeyServerProtocol.PackageOf(group, member), null, cancel);

    /// <summary>Deposits a member's package.</summary>
    /// <exception cref="KeyServerException">It was refused, or there was no proper answer.</exception>
    public Task PutPackageAsync(string group, string member, byte[] package, CancellationToken cancel) =>
        SendAsync(HttpMethod.Put, KeyServerProtocol.PackageOf(group, member), Body(package, KeyServerProtocol.PackageType), cancel);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<EnrolAnswer> ExchangeAsync<T>(string path, T request, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var body = Body(JsonSerializer.SerializeToUtf8Bytes(request, type), "application/json");
        var answer = await SendAsync(HttpMethod.Post, path, body, cancel).ConfigureAwait(false);
        return Parse(answer, KeyServerJson.Default.EnrolAnswer) ?? throw NoProperAnswer();
    }

    private async Task<byte[]> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = body };
            using var response = await _http.SendAsync(request, cancel).ConfigureAwait(false);
            var content = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? content : throw RefusalIn(response, content);
        }
        catch (HttpRequestException) when (_wrongKey)
        {
            throw new KeyServerException(
                KeyServerException.WrongKey,
                $"The server at {_server.Host}:{_server.Port} has another key than the one named at enrolment. Somebody may be standing between, or the server was set up anew: then enrol again with a new token.");
        }
        catch (HttpRequestException failed)
        {
            throw new KeyServerException(
                KeyServerException.Unreachable, $"The key server {_server.Host}:{_server.Port} cannot be reached: {failed.Message}", failed);
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw new KeyServerException(
                KeyServerException.Unreachable, $"The key server {_server.Host}:{_server.Port} did not answer within {WholeTimeout.TotalSeconds} s.", late);
        }
    }

    private KeyServerException RefusalIn(HttpResponseMessage response, byte[] content) =>
        response.Content.Headers.ContentType?.MediaType == Problem.MediaType && Parse(content, KeyServerJson.Default.Problem) is { } problem
            ? new KeyServerException(problem)
            : NoProperAnswer();

    private KeyServerException NoProperAnswer() => new(
        KeyServerException.WrongAnswer, $"The key server {_server.Host}:{_server.Port} gave no proper answer.");

    private bool IsPinned(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var right = certificate is X509Certificate2 shown
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(shown.PublicKey.ExportSubjectPublicKeyInfo()), _server.Pin);
        _wrongKey = !right;
        return right;
    }

    private static ByteArrayContent Body(byte[] content, string type) =>
        new(content) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    private static T? Parse<T>(byte[] content, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(content, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
