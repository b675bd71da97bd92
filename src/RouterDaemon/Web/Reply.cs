using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NTMobile.Control;

namespace NTMobile.RouterDaemon.Web;

/// <summary>Writes answers and reads bodies: JSON only.</summary>
internal static class Reply
{
    public static Task JsonAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "application/json; charset=utf-8";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    public static Task ErrorAsync(HttpContext context, ControlError error)
    {
        context.Response.StatusCode = StatusOf(error.Code);
        return JsonAsync(context, error, ControlJson.Default.ControlError);
    }

    public static Task ResultAsync<T>(HttpContext context, Result<T> result, JsonTypeInfo<T> type)
        where T : class => result.IsOk ? JsonAsync(context, result.Value, type) : ErrorAsync(context, result.Error);

    public static Task DoneAsync(HttpContext context, ControlError? error)
    {
        if (error is not null)
        {
            return ErrorAsync(context, error);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Reads the body.</summary>
    /// <exception cref="JsonException">It is no JSON, or not of this shape (HTTP 400).</exception>
    /// <exception cref="BadHttpRequestException">It is no JSON by its own words, or too long (HTTP 400).</exception>
    public static async Task<T> BodyAsync<T>(HttpContext context, JsonTypeInfo<T> type)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new BadHttpRequestException("Send application/json.");
        }

        var body = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted).ConfigureAwait(false);
        return body ?? throw new JsonException("An object is wanted, not null.");
    }

    private static int StatusOf(string code) => code switch
    {
        ControlErrorCodes.Invalid => StatusCodes.Status400BadRequest,
        ControlErrorCodes.LoginRequired or ControlErrorCodes.PasswordNotSet => StatusCodes.Status401Unauthorized,
        ControlErrorCodes.Forbidden => StatusCodes.Status403Forbidden,
        ControlErrorCodes.NotFound => StatusCodes.Status404NotFound,
        ControlErrorCodes.Conflict => StatusCodes.Status409Conflict,
        ControlErrorCodes.Refused => StatusCodes.Status422UnprocessableEntity,
        ControlErrorCodes.TooMany => StatusCodes.Status429TooManyRequests,
        ControlErrorCodes.Unavailable => StatusCodes.Status503ServiceUnavailable,
        ControlErrorCodes.TimedOut => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}
