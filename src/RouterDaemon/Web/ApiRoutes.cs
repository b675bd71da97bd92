using System.Text.Json.Serialization.Metadata;
using NTMobile.Control;

namespace NTMobile.RouterDaemon.Web;

/// <summary>The local API. Checks shapes and sizes; what is asked is for <see cref="IRouterService"/> to judge.</summary>
internal sealed class ApiRoutes(IRouterService router)
{
    private const int MaxPings = 20;

    public void Map(IEndpointRouteBuilder app)
    {
        MapReads(app);
        MapDevices(app);
        MapPublished(app);
        MapGroups(app);
        app.MapPost("/api/internet", context =>
            ChangeAsync(context, ControlJson.Default.InternetRuleRequest, router.SetInternetRuleAsync, ControlJson.Default.InternetRule));
        app.MapDelete("/api/internet/{id}", async context =>
            await Reply.DoneAsync(context, await router.RemoveInternetRuleAsync(Value(context, "id"), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
        app.MapPost("/api/ping", PingAsync);
        app.MapPost("/api/netcheck", async context =>
            await Reply.JsonAsync(
                context, await router.CheckNetworkAsync(context.RequestAborted).ConfigureAwait(false), ControlJson.Default.NetworkReport).ConfigureAwait(false));
        app.MapPost("/api/enrol", context =>
            ChangeAsync(context, ControlJson.Default.EnrolRequest, router.EnrolAsync));
        app.MapFallback("/api/{**rest}", context =>
            Reply.ErrorAsync(context, ControlError.NotFound("There is no such request.")));
    }

    private void MapReads(IEndpointRouteBuilder app)
    {
        MapPart(app, "/api/status", s => s.Status, ControlJson.Default.RouterStatus);
        MapPart(app, "/api/devices", s => s.Devices, ControlJson.Default.IReadOnlyListDevice);
        MapPart(app, "/api/shares", s => s.Shares, ControlJson.Default.IReadOnlyListShare);
        MapPart(app, "/api/published", s => s.Published, ControlJson.Default.IReadOnlyListPublication);
        MapPart(app, "/api/sessions", s => s.Sessions, ControlJson.Default.IReadOnlyListSession);
        MapPart(app, "/api/peers", s => s.Peers, ControlJson.Default.IReadOnlyListPeer);
        MapPart(app, "/api/refusals", s => s.Refusals, ControlJson.Default.IReadOnlyListRefusal);
        MapPart(app, "/api/internet", s => s.Internet, ControlJson.Default.InternetPolicy);
        MapPart(app, "/api/groups", s => s.Groups, ControlJson.Default.IReadOnlyListGroup);
    }

    private void MapDevices(IEndpointRouteBuilder app)
    {
        app.MapPut("/api/devices/{label}", NameDeviceAsync);
        app.MapDelete("/api/devices/{label}", async context =>
            await Reply.DoneAsync(context, await router.ForgetDeviceAsync(Value(context, "label"), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
        app.MapPost("/api/shares", ShareAsync);
        app.MapDelete("/api/shares/{id}", async context =>
            await Reply.DoneAsync(context, await router.UnshareAsync(Value(context, "id"), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
    }

    private void MapPublished(IEndpointRouteBuilder app)
    {
        app.MapPost("/api/published", PublishAsync);
        app.MapDelete("/api/published/{device}", async context =>
            await Reply.DoneAsync(context, await router.UnpublishAsync(Value(context, "device"), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
    }

    private void MapGroups(IEndpointRouteBuilder app)
    {
        app.MapPost("/api/groups/init", context =>
            ChangeAsync(context, ControlJson.Default.InitGroupRequest, router.InitGroupAsync, ControlJson.Default.NewGroup));
        app.MapPost("/api/groups/add", context =>
            ChangeAsync(context, ControlJson.Default.AddMemberRequest, router.AddMemberAsync));
        app.MapPost("/api/groups/join", context =>
            ChangeAsync(context, ControlJson.Default.JoinGroupRequest, router.JoinGroupAsync, ControlJson.Default.Group));
        app.MapDelete("/api/groups/{id}", async context =>
            await Reply.DoneAsync(context, await router.LeaveGroupAsync(Value(context, "id"), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
    }

    private void MapPart<T>(IEndpointRouteBuilder app, string path, Func<RouterSnapshot, T> part, JsonTypeInfo<T> type) =>
        app.MapGet(path, async context =>
        {
            var snapshot = await router.GetSnapshotAsync(context.RequestAborted).ConfigureAwait(false);
            await Reply.JsonAsync(context, part(snapshot), type).ConfigureAwait(false);
        });

    private async Task NameDeviceAsync(HttpContext context)
    {
        var request = await Reply.BodyAsync(context, ControlJson.Default.NameDeviceRequest).ConfigureAwait(false);
        var result = request is { Mac: null, Address: null }
            ? ControlError.Invalid("Name the device by its MAC address or its address.")
            : await router.NameDeviceAsync(Value(context, "label"), request, context.RequestAborted).ConfigureAwait(false);
        await Reply.ResultAsync(context, result, ControlJson.Default.Device).ConfigureAwait(false);
    }

    private async Task ShareAsync(HttpContext context)
    {
        var request = await Reply.BodyAsync(context, ControlJson.Default.ShareRequest).ConfigureAwait(false);
        var result = PortList.TryParse(request.Ports, out var ports, out var problem)
            ? await router.ShareAsync(request with { Ports = ports.ToString() }, context.RequestAborted).ConfigureAwait(false)
            : ControlError.Invalid($"Ports: {problem}.");
        await Reply.ResultAsync(context, result, ControlJson.Default.Share).ConfigureAwait(false);
    }

    private async Task PublishAsync(HttpContext context)
    {
        var request = await Reply.BodyAsync(context, ControlJson.Default.PublishRequest).ConfigureAwait(false);
        var result = PortList.TryParse(request.Ports, out var ports, out var problem) && (problem = ports.WhyNotPublic()) is null
            ? await router.PublishAsync(request with { Ports = ports.ToString() }, context.RequestAborted).ConfigureAwait(false)
            : ControlError.Invalid($"Ports: {problem}.");
        await Reply.ResultAsync(context, result, ControlJson.Default.Publication).ConfigureAwait(false);
    }

    private async Task PingAsync(HttpContext context)
    {
        var request = await Reply.BodyAsync(context, ControlJson.Default.PingRequest).ConfigureAwait(false);
        var count = request.Count ?? 1;
        var result = count is < 1 or > MaxPings
            ? ControlError.Invalid($"count: 1 to {MaxPings}.")
            : await router.PingAsync(request with { Count = count }, context.RequestAborted).ConfigureAwait(false);
        await Reply.ResultAsync(context, result, ControlJson.Default.PingReport).ConfigureAwait(false);
    }

    private static async Task ChangeAsync<TRequest>(
        HttpContext context, JsonTypeInfo<TRequest> requestType, Func<TRequest, CancellationToken, Task<ControlError?>> change)
    {
        var request = await Reply.BodyAsync(context, requestType).ConfigureAwait(false);
        await Reply.DoneAsync(context, await change(request, context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static async Task ChangeAsync<TRequest, TAnswer>(
        HttpContext context,
        JsonTypeInfo<TRequest> requestType,
        Func<TRequest, CancellationToken, Task<Result<TAnswer>>> change,
        JsonTypeInfo<TAnswer> answerType)
        where TAnswer : class
    {
        var request = await Reply.BodyAsync(context, requestType).ConfigureAwait(false);
        var result = await change(request, context.RequestAborted).ConfigureAwait(false);
        await Reply.ResultAsync(context, result, answerType).ConfigureAwait(false);
    }

    private static string Value(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;
}
