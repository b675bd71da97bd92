using System.Net.Sockets;
using NTMobile.KeyServer;
using NTMobile.Security.Identity;
using NTMobile.ServerHost.Configuration;
using NTMobile.ServerHost.Control;
using NTMobile.Storage;
using NTMobile.Wire;

namespace NTMobile.ServerHost.Web;

/// <summary>The control socket: <c>GET /status</c> and <c>POST /token?name=…&amp;role=…</c>. Whoever may open the socket may do both.</summary>
/// <param name="config">The configuration.</param>
/// <param name="status">Tells the status.</param>
/// <param name="kms">Makes tokens; null without the role kms.</param>
internal sealed class ControlWeb(ServerConfig config, Func<ServerStatus> status, KeyServerRole? kms)
{
    private const int MaxConnections = 32;

    /// <summary>Composes it.</summary>
    public WebApplication Build(Socket bound, ILoggerFactory logs)
    {
        WebApplication web = WebHost.Build(bound, MaxConnections, logs, _ => { });
        web.MapGet("/status", (RequestDelegate)(http => http.Response.WriteAsJsonAsync(status(), ControlJson.Default.ServerStatus)));
        web.MapPost("/token", (RequestDelegate)MakeToken);
        return web;
    }

    private Task MakeToken(HttpContext http)
    {
        string? name = http.Request.Query["name"];
        string? role = http.Request.Query["role"];
        if (Refusal(name, role) is { } refusal)
        {
            return Refuse(http, StatusCodes.Status400BadRequest, refusal);
        }

        try
        {
            var reply = new TokenReply(kms!.CreateToken(name!, Certified(role)!.Value).Encode());
            return http.Response.WriteAsJsonAsync(reply, ControlJson.Default.TokenReply);
        }
        catch (StoreException full)
        {
            return Refuse(http, StatusCodes.Status503ServiceUnavailable, full.Message);
        }
    }

    private static Task Refuse(HttpContext http, int status, string reason)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(new ErrorReply(reason), ControlJson.Default.ErrorReply);
    }

    private string? Refusal(string? name, string? role)
    {
        if (kms is null)
        {
            return "this server has no role kms; ask the one that has";
        }

        if (Certified(role) is not { } certified)
        {
            return $"'{role}' is no role; known are node, rs, ds";
        }

        if (name is null || !HostName.IsNormal(name) || !name.EndsWith("." + config.Zone, StringComparison.Ordinal))
        {
            return $"'{name}' is no name in lower case inside the zone {config.Zone}";
        }

        return certified == CertificateRole.Node ? NodeRefusal(name) : ServerRefusal(name, role!);
    }

    private string? NodeRefusal(string name) =>
        name[..^(config.Zone.Length + 1)].Contains('.', StringComparison.Ordinal) ? $"'{name}': a node's name is one label in front of {config.Zone}"
        : IsServer(name) ? $"'{name}' is the name of a server; choose another one"
        : null;

    private string? ServerRefusal(string name, string role) =>
        (role == "ds" && config.Plays("ds") && name == config.OwnName) || (role == "rs" && config.Plays("rs") && name == config.RsName)
            ? $"'{name}' is a server of this process and needs no token"
            : null;

    private bool IsServer(string name) =>
        name == config.OwnName || name == config.RsName || name == config.KmsName || config.Ds.Hosts.ContainsKey(name);

    private static CertificateRole? Certified(string? role) => role switch
    {
        "node" => CertificateRole.Node,
        "rs" => CertificateRole.RelayServer,
        "ds" => CertificateRole.DirectionServer,
        _ => null,
    };
}
