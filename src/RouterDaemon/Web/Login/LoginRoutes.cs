using NTMobile.Control;

namespace NTMobile.RouterDaemon.Web.Login;

/// <summary>Log-in of the page. On the Unix socket only the reset exists.</summary>
internal sealed class LoginRoutes(LoginService login)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/login", StateAsync);
        app.MapPost("/api/login", LogInAsync);
        app.MapPost("/api/login/first", SetFirstAsync);
        app.MapPut("/api/login/password", ChangeAsync);
        app.MapDelete("/api/login", LogOutAsync);
        app.MapDelete("/api/login/password", ResetAsync);
    }

    /// <summary>What a browser that is not logged in may ask for.</summary>
    public static bool IsOpenToAll(HttpRequest request) =>
        request.Path == "/api/login" || (request.Path == "/api/login/first" && HttpMethods.IsPost(request.Method));

    private Task StateAsync(HttpContext context) =>
        Reply.JsonAsync(context, login.StateOf(context), LoginJson.Default.LoginState);

    private async Task LogInAsync(HttpContext context)
    {
        var request = await Reply.BodyAsync(context, LoginJson.Default.LoginRequest).ConfigureAwait(false);
        await Reply.DoneAsync(context, await login.LogInAsync(context, request.Password).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task SetFirstAsync(HttpContext context)
    {
        var request = await Reply.BodyAsync(context, LoginJson.Default.LoginRequest).ConfigureAwait(false);
        await Reply.DoneAsync(context, await login.SetFirstAsync(context, request.Password).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task ChangeAsync(HttpContext context)
    {
        var request = await Reply.BodyAsync(context, LoginJson.Default.ChangePasswordRequest).ConfigureAwait(false);
        await Reply.DoneAsync(context, await login.ChangeAsync(context, request.Old, request.New).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private Task LogOutAsync(HttpContext context)
    {
        login.LogOut(context);
        return Reply.DoneAsync(context, null);
    }

    private Task ResetAsync(HttpContext context)
    {
        if (!TrustedConnection.IsOn(context))
        {
            return Reply.ErrorAsync(context, new(ControlErrorCodes.Forbidden, "Only on the router itself: ntm web reset-password."));
        }

        login.Reset();
        return Reply.DoneAsync(context, null);
    }
}
