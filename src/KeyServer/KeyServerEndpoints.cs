using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using NTMobile.Storage;
using NTMobile.Wire.KeyServer;

namespace NTMobile.KeyServer;

/// <summary>The KMS's HTTP interface (docs/protocol.md §5). It reads bodies and writes answers; <see cref="KeyServerRole"/> decides.</summary>
public static class KeyServerEndpoints
{
    /// <summary>Adds the KMS's addresses. The listener must be HTTPS with <see cref="KeyServerRole.Tls"/>.</summary>
    /// <param name="routes">Where to add them.</param>
    /// <param name="role">Who answers.</param>
    public static void Map(IEndpointRouteBuilder routes, KeyServerRole role)
    {
        routes.MapPost(KeyServerProtocol.Enrol, Limited(role, http =>
            Exchange(http, KeyServerJson.Default.EnrolRequest, role.Enrol)));
        routes.MapPost(KeyServerProtocol.Renew, Limited(role, http =>
            Exchange(http, KeyServerJson.Default.RenewRequest, role.Renew)));
        routes.MapGet(KeyServerProtocol.CertificateOf("{node}"), Limited(role, http =>
            Send(http, role.FindCertificate(Route(http, "node")), KeyServerProtocol.CertificateType)));
        routes.MapGet(KeyServerProtocol.RequestOf("{node}"), Limited(role, http =>
            Send(http, role.FindRequest(Route(http, "node")), KeyServerProtocol.RequestType)));
        routes.MapGet(KeyServerProtocol.PackageOf("{group}", "{member}"), Limited(role, http =>
            Send(http, role.FindPackage(Route(http, "group"), Route(http, "member")), KeyServerProtocol.PackageType)));
        routes.MapPut(KeyServerProtocol.PackageOf("{group}", "{member}"), Limited(role, http => PutPackage(http, role)));
    }

    private static RequestDelegate Limited(KeyServerRole role, Func<HttpContext, Task> handle) => async http =>
    {
        if (!role.Limiter.TryTake(http.Connection.RemoteIpAddress))
        {
            await Refuse(http, Refusals.TooMany);
            return;
        }

        try
        {
            await handle(http);
        }
        catch (StoreException) // logged by the host with the request; the asker learns no inner matters
        {
            await Refuse(http, Refusals.Unavailable);
        }
    };

    private static async Task Exchange<TRequest>(HttpContext http, JsonTypeInfo<TRequest> type, Func<TRequest, Answer<EnrolAnswer>> decide)
        where TRequest : class
    {
        var body = await ReadBody(http);
        var answer = body.IsGiven
            ? Parse(body.Value, type) is { } request ? decide(request) : Refusals.Unreadable
            : body.Refusal;
        if (!answer.IsGiven)
        {
            await Refuse(http, answer.Refusal);
            return;
        }

        await http.Response.WriteAsJsonAsync(answer.Value, KeyServerJson.Default.EnrolAnswer, cancellationToken: http.RequestAborted);
    }

    private static async Task PutPackage(HttpContext http, KeyServerRole role)
    {
        var body = await ReadBody(http);
        var refusal = body.IsGiven ? role.PutPackage(Route(http, "group"), Route(http, "member"), body.Value) : body.Refusal;
        if (refusal is not null)
        {
            await Refuse(http, refusal);
            return;
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task Send(HttpContext http, byte[]? content, string type)
    {
        if (content is null)
        {
            return Refuse(http, Refusals.NotFound);
        }

        http.Response.ContentType = type;
        http.Response.ContentLength = content.Length;
        return http.Response.Body.WriteAsync(content, http.RequestAborted).AsTask();
    }

    private static Task Refuse(HttpContext http, Problem problem)
    {
        http.Response.StatusCode = problem.Status;
        return http.Response.WriteAsJsonAsync(problem, KeyServerJson.Default.Problem, Problem.MediaType, http.RequestAborted);
    }

    private static async Task<Answer<byte[]>> ReadBody(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = KeyServerProtocol.MaximumBody;
        }

        try
        {
            using var content = new MemoryStream();
            await http.Request.Body.CopyToAsync(content, http.RequestAborted);
            return content.ToArray();
        }
        catch (BadHttpRequestException bad)
        {
            return bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? Refusals.TooLong : Refusals.Unreadable;
        }
    }

    private static T? Parse<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Route(HttpContext http, string name) => (string)http.Request.RouteValues[name]!;
}
