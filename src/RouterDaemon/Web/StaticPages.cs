using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace NTMobile.RouterDaemon.Web;

/// <summary>The page's files, embedded in the executable under <c>wwwroot/</c> and served from memory.</summary>
internal sealed class StaticPages
{
    private const string Prefix = "wwwroot/";
    private readonly Dictionary<string, Page> _pages = Load();

    public async Task Invoke(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "/";
        if (TrustedConnection.IsOn(context) || path.StartsWith("/api/", StringComparison.Ordinal))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        }
        else if (_pages.TryGetValue(path == "/" ? "index.html" : path[1..], out var page))
        {
            await SendAsync(context, page).ConfigureAwait(false);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private static async Task SendAsync(HttpContext context, Page page)
    {
        var headers = context.Response.Headers;
        headers.ETag = page.Tag;
        headers.CacheControl = "no-cache"; // Always ask: after an update no browser may mix old and new files.
        if (StringValues.Equals(context.Request.Headers.IfNoneMatch, page.Tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = page.Type;
        context.Response.ContentLength = page.Bytes.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(page.Bytes, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static Dictionary<string, Page> Load()
    {
        var pages = new Dictionary<string, Page>(StringComparer.Ordinal);
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes)[..8])}\"";
                pages.Add(name[Prefix.Length..], new(bytes, TypeOf(name), tag));
            }
        }

        return pages;
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    private sealed record Page(byte[] Bytes, string Type, string Tag);
}
