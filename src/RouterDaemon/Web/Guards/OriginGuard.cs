using NTMobile.Control;
using NTMobile.RouterDaemon.Web.Login;

namespace NTMobile.RouterDaemon.Web.Guards;

/// <summary>
/// Refuses what another site's page sends: by Sec-Fetch-Site and Origin where the browser tells them, and by the token that only our own
/// page can read. Every request that changes something needs the token, log-in and the first password too.
/// </summary>
internal sealed class OriginGuard(LoginService login)
{
    public const string TokenHeader = "X-NTM-CSRF";

    public Task Invoke(HttpContext context, RequestDelegate next)
    {
        if (TrustedConnection.IsOn(context))
        {
            return next(context);
        }

        var request = context.Request;
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (!IsSameOrigin(request, reads))
        {
            return Reply.ErrorAsync(context, new(ControlErrorCodes.Forbidden, "The request comes from another site."));
        }

        return reads || login.IsToken(context, request.Headers[TokenHeader].ToString())
            ? next(context)
            : Reply.ErrorAsync(context, new(ControlErrorCodes.Forbidden, "The page is out of date: load it again."));
    }

    private static bool IsSameOrigin(HttpRequest request, bool reads)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is not ("" or "same-origin") && !(reads && site == "none"))
        {
            return false;
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
