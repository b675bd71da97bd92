using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NTMobile.KeyServer;
using NTMobile.ServerHost.Web;

namespace NTMobile.ServerHost.Streams;

/// <summary>TLS 1.3 on TCP: nodes whose network lets no UDP through, and the KMS's HTTPS for those that find no other port open.</summary>
internal static class StreamWeb
{
    /// <summary>Composes it.</summary>
    /// <param name="bound">The socket; goes over to the web server when it starts.</param>
    /// <param name="door">Takes the nodes.</param>
    /// <param name="kms">Takes the others; null: they get 404.</param>
    /// <param name="certificate">What is shown.</param>
    /// <param name="maxConnections">Connections at one time; a further one is closed.</param>
    /// <param name="logs">Where faults are told.</param>
    public static WebApplication Build(
        Socket bound, StreamDoor door, KeyServerRole? kms, X509Certificate2 certificate, int maxConnections, ILoggerFactory logs)
    {
        WebApplication web = WebHost.Build(bound, maxConnections, logs, listen =>
        {
            listen.UseHttps(certificate, https => https.SslProtocols = SslProtocols.Tls13);
            listen.Use(next => connection => door.ServeAsync(connection, next));
        });
        if (kms is not null)
        {
            KeyServerEndpoints.Map(web, kms);
        }

        return web;
    }

    /// <summary>A certificate for a process without a KMS. Nobody looks at it: a node knows its server by the key inside (docs/decisions/0018-tls.md).</summary>
    public static X509Certificate2 SelfSigned(string name, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = time.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
    }
}
