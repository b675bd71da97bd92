using System.Net;
using NTMobile.Control;

namespace NTMobile.RouterDaemon.Web.Guards;

/// <summary>
/// Answers only under names that are ours. A site that points its own name at the router (DNS rebinding) has that name in the Host
/// header; an address in it cannot be pointed elsewhere, so the one that the browser connected to is good.
/// </summary>
internal sealed class HostGuard(IReadOnlyList<string> names)
{
    public Task Invoke(HttpContext context, RequestDelegate next) =>
        TrustedConnection.IsOn(context) || IsOurs(context)
            ? next(context)
            : Reply.ErrorAsync(context, new(ControlErrorCodes.Forbidden, "The router does not answer to that host name."));

    private bool IsOurs(HttpContext context)
    {
        var host = context.Request.Host.Host.TrimEnd('.');
        foreach (var name in names)
        {
            if (name.Equals(host, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return IPAddress.TryParse(host, out var asked)
            && context.Connection.LocalIpAddress is { } local
            && Plain(asked).Equals(Plain(local));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
