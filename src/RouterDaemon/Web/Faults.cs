using System.Text.Json;
using NTMobile.Control;

namespace NTMobile.RouterDaemon.Web;

/// <summary>Turns exceptions of the layers below into answers. A request's fault never ends more than its request.</summary>
internal sealed class Faults(ILogger log)
{
    public async Task Invoke(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: nobody is left to answer.
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException)
        {
            await ReplyAsync(context, ControlError.Invalid(e.Message)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            WebLog.RequestFailed(log, context.Request.Method, context.Request.Path, e);
            await ReplyAsync(context, new(ControlErrorCodes.Fault, "ntm-router made a mistake; its log tells more.")).ConfigureAwait(false);
        }
    }

    private static Task ReplyAsync(HttpContext context, ControlError error)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return Reply.ErrorAsync(context, error);
    }
}
