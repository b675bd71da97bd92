using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace NTMobile.Control;

/// <summary>
/// The local API over the service's Unix socket. Every method throws <see cref="RouterUnreachableException"/> when nobody answers and
/// <see cref="OperationCanceledException"/> when it is cancelled; whatever the router refuses comes back as <see cref="ControlError"/>.
/// </summary>
public sealed class RouterClient : IDisposable
{
    /// <summary>Where the packaged service listens.</summary>
    public const string DefaultSocketPath = "/run/ntm/router.sock";

    private readonly HttpClient _http;
    private readonly string _socketPath;

    /// <summary>Connects lazily: at the first request.</summary>
    /// <param name="socketPath">Path of the Unix socket.</param>
    public RouterClient(string socketPath = DefaultSocketPath)
    {
        _socketPath = socketPath;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false })
        {
            BaseAddress = new Uri("http://localhost/"),
            Timeout = Timeout.InfiniteTimeSpan, // The caller's token is the only limit.
        };
    }

    /// <summary>GET /api/status.</summary>
    public Task<Result<RouterStatus>> GetStatusAsync(CancellationToken cancel = default) =>
        GetAsync("api/status", ControlJson.Default.RouterStatus, cancel);

    /// <summary>GET /api/devices.</summary>
    public Task<Result<IReadOnlyList<Device>>> GetDevicesAsync(CancellationToken cancel = default) =>
        GetAsync("api/devices", ControlJson.Default.IReadOnlyListDevice, cancel);

    /// <summary>PUT /api/devices/{label}.</summary>
    public Task<Result<Device>> NameDeviceAsync(string label, NameDeviceRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Put, $"api/devices/{Uri.EscapeDataString(label)}", Body(request, ControlJson.Default.NameDeviceRequest), ControlJson.Default.Device, cancel);

    /// <summary>DELETE /api/devices/{label}.</summary>
    public Task<ControlError?> ForgetDeviceAsync(string label, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Delete, $"api/devices/{Uri.EscapeDataString(label)}", null, cancel);

    /// <summary>GET /api/shares.</summary>
    public Task<Result<IReadOnlyList<Share>>> GetSharesAsync(CancellationToken cancel = default) =>
        GetAsync("api/shares", ControlJson.Default.IReadOnlyListShare, cancel);

    /// <summary>POST /api/shares.</summary>
    public Task<Result<Share>> ShareAsync(ShareRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "api/shares", Body(request, ControlJson.Default.ShareRequest), ControlJson.Default.Share, cancel);

    /// <summary>DELETE /api/shares/{id}.</summary>
    public Task<ControlError?> UnshareAsync(string id, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Delete, $"api/shares/{Uri.EscapeDataString(id)}", null, cancel);

    /// <summary>GET /api/published.</summary>
    public Task<Result<IReadOnlyList<Publication>>> GetPublishedAsync(CancellationToken cancel = default) =>
        GetAsync("api/published", ControlJson.Default.IReadOnlyListPublication, cancel);

    /// <summary>POST /api/published.</summary>
    public Task<Result<Publication>> PublishAsync(PublishRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "api/published", Body(request, ControlJson.Default.PublishRequest), ControlJson.Default.Publication, cancel);

    /// <summary>DELETE /api/published/{device}.</summary>
    public Task<ControlError?> UnpublishAsync(string device, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Delete, $"api/published/{Uri.EscapeDataString(device)}", null, cancel);

    /// <summary>GET /api/sessions.</summary>
    public Task<Result<IReadOnlyList<Session>>> GetSessionsAsync(CancellationToken cancel = default) =>
        GetAsync("api/sessions", ControlJson.Default.IReadOnlyListSession, cancel);

    /// <summary>GET /api/peers.</summary>
    public Task<Result<IReadOnlyList<Peer>>> GetPeersAsync(CancellationToken cancel = default) =>
        GetAsync("api/peers", ControlJson.Default.IReadOnlyListPeer, cancel);

    /// <summary>GET /api/refusals.</summary>
    public Task<Result<IReadOnlyList<Refusal>>> GetRefusalsAsync(CancellationToken cancel = default) =>
        GetAsync("api/refusals", ControlJson.Default.IReadOnlyListRefusal, cancel);

    /// <summary>GET /api/internet.</summary>
    public Task<Result<InternetPolicy>> GetInternetPolicyAsync(CancellationToken cancel = default) =>
        GetAsync("api/internet", ControlJson.Default.InternetPolicy, cancel);

    /// <summary>POST /api/internet.</summary>
    public Task<Result<InternetRule>> SetInternetRuleAsync(InternetRuleRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "api/internet", Body(request, ControlJson.Default.InternetRuleRequest), ControlJson.Default.InternetRule, cancel);

    /// <summary>DELETE /api/internet/{id}.</summary>
    public Task<ControlError?> RemoveInternetRuleAsync(string id, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Delete, $"api/internet/{Uri.EscapeDataString(id)}", null, cancel);

    /// <summary>POST /api/ping.</summary>
    public Task<Result<PingReport>> PingAsync(PingRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "api/ping", Body(request, ControlJson.Default.PingRequest), ControlJson.Default.PingReport, cancel);

    /// <summary>POST /api/netcheck: it sends questions of its own, so it is no GET.</summary>
    public Task<Result<NetworkReport>> CheckNetworkAsync(CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "api/netcheck", null, ControlJson.Default.NetworkReport, cancel);

    /// <summary>GET /api/groups.</summary>
    public Task<Result<IReadOnlyList<Group>>> GetGroupsAsync(CancellationToken cancel = default) =>
        GetAsync("api/groups", ControlJson.Default.IReadOnlyListGroup, cancel);

    /// <summary>POST /api/groups/init.</summary>
    public Task<Result<NewGroup>> InitGroupAsync(InitGroupRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "api/groups/init", Body(request, ControlJson.Default.InitGroupRequest), ControlJson.Default.NewGroup, cancel);

    /// <summary>POST /api/groups/add.</summary>
    public Task<ControlError?> AddMemberAsync(AddMemberRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "api/groups/add", Body(request, ControlJson.Default.AddMemberRequest), cancel);

    /// <summary>POST /api/groups/join.</summary>
    public Task<Result<Group>> JoinGroupAsync(JoinGroupRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "api/groups/join", Body(request, ControlJson.Default.JoinGroupRequest), ControlJson.Default.Group, cancel);

    /// <summary>DELETE /api/groups/{id}.</summary>
    public Task<ControlError?> LeaveGroupAsync(string id, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Delete, $"api/groups/{Uri.EscapeDataString(id)}", null, cancel);

    /// <summary>POST /api/enrol.</summary>
    public Task<ControlError?> EnrolAsync(EnrolRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "api/enrol", Body(request, ControlJson.Default.EnrolRequest), cancel);

    /// <summary>DELETE /api/login/password: takes the page's password away, for an owner who forgot it.</summary>
    public Task<ControlError?> ResetWebPasswordAsync(CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Delete, "api/login/password", null, cancel);

    /// <summary>GET /api/events: a snapshot now and after every change, until cancelled or the service ends.</summary>
    public async IAsyncEnumerable<RouterSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancel).ConfigureAwait(false))
        {
            if (item.EventType == "snapshot"
                && JsonSerializer.Deserialize(item.Data, ControlJson.Default.RouterSnapshot) is { } snapshot)
            {
                yield return snapshot;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static ByteArrayContent Body<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private Task<Result<T>> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class => SendAsync(HttpMethod.Get, path, null, type, cancel);

    private async Task<Result<T>> SendAsync<T>(
        HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return response.IsSuccessStatusCode
            ? await ReadAsync(response, type, cancel).ConfigureAwait(false)
            : await ReadAsync(response, ControlJson.Default.ControlError, cancel).ConfigureAwait(false);
    }

    private async Task<ControlError?> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return response.IsSuccessStatusCode
            ? null
            : await ReadAsync(response, ControlJson.Default.ControlError, cancel).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption until, CancellationToken cancel)
    {
        try
        {
            return await _http.SendAsync(request, until, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw Explain(e);
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        try
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new RouterUnreachableException(
                RouterUnreachableReason.Broken, $"{_socketPath} answered something else than ntm-router ({(int)response.StatusCode}).", e);
        }
    }

    private RouterUnreachableException Explain(HttpRequestException e) => (e.InnerException as SocketException)?.SocketErrorCode switch
    {
        SocketError.AccessDenied => new(
            RouterUnreachableReason.PermissionDenied, $"{_socketPath}: permission denied.", e),
        SocketError.ConnectionRefused or SocketError.AddressNotAvailable or SocketError.NotSocket => new(
            RouterUnreachableReason.NotRunning, $"ntm-router is not running (no answer at {_socketPath}).", e),
        _ when !File.Exists(_socketPath) => new(
            RouterUnreachableReason.NotRunning, $"ntm-router is not running (no answer at {_socketPath}).", e),
        _ => new(RouterUnreachableReason.Broken, $"The connection to ntm-router at {_socketPath} broke: {e.Message}", e),
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
