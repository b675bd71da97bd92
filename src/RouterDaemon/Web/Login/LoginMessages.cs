using System.Text.Json;
using System.Text.Json.Serialization;

namespace NTMobile.RouterDaemon.Web.Login;

/// <summary>GET /api/login, and the answer to a log-in.</summary>
/// <param name="PasswordSet">False on the first visit.</param>
/// <param name="LoggedIn">True when this browser may use the API.</param>
/// <param name="Csrf">What the page has to send as X-NTM-CSRF.</param>
/// <param name="MinLength">Shortest password, in characters.</param>
internal sealed record LoginState(bool PasswordSet, bool LoggedIn, string Csrf, int MinLength);

/// <summary>POST /api/login and POST /api/login/first.</summary>
internal sealed record LoginRequest(string Password);

/// <summary>PUT /api/login/password.</summary>
internal sealed record ChangePasswordRequest(string Old, string New);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LoginState))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(ChangePasswordRequest))]
internal sealed partial class LoginJson : JsonSerializerContext;
