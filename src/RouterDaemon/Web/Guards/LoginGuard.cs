using NTMobile.Control;
using NTMobile.RouterDaemon.Web.Login;

namespace NTMobile.RouterDaemon.Web.Guards;

/// <summary>Lets only logged-in browsers pass, except to the log-in itself.</summary>
internal sealed class LoginGuard(LoginService login)
{
    public Task Invoke(HttpContext context, RequestDelegate next)
    {
        if (TrustedConnection.IsOn(context) || LoginRoutes.IsOpenToAll(context.Request))
        {
            return next(context);
        }

        // The live view runs by itself: it must not keep a forgotten browser logged in.
        var byUser = context.Request.Path != "/api/events";
        if (byUser ? login.Touch(context) : login.IsLoggedIn(context))
        {
            return next(context);
        }

        return Reply.ErrorAsync(context, login.IsPasswordSet
            ? new(ControlErrorCodes.LoginRequired, "Log in first.")
            : new(ControlErrorCodes.PasswordNotSet, "Set a password first."));
    }
}
