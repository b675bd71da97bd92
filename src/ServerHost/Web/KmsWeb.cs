using System.Net.Sockets;
using NTMobile.KeyServer;

namespace NTMobile.ServerHost.Web;

/// <summary>The KMS's HTTPS.</summary>
internal static class KmsWeb
{
    private const int MaxConnections = 1000;

    /// <summary>Composes it.</summary>
    public static WebApplication Build(Socket bound, KeyServerRole role, ILoggerFactory logs)
    {
        WebApplication web = WebHost.Build(bound, MaxConnections, logs, listen => listen.UseHttps(role.Tls.Certificate));
        KeyServerEndpoints.Map(web, role);
        return web;
    }
}
