using NTMobile.Security.Identity;
using NTMobile.ServerHost.Configuration;

namespace NTMobile.ServerHost.Composition;

/// <summary>A role with keys and a certificate of its own: DS or RS.</summary>
/// <param name="Id">How the configuration calls it.</param>
/// <param name="Name">Its host name.</param>
/// <param name="Certified">What its certificate says.</param>
internal sealed record ServerRole(string Id, string Name, CertificateRole Certified)
{
    /// <summary>File of its keys.</summary>
    public string KeyFileName => $"{Id}.key";

    /// <summary>File of what a KMS elsewhere gave it.</summary>
    public string EnrolmentFileName => $"{Id}.enrolment";

    /// <summary>The DS of a configuration.</summary>
    public static ServerRole Ds(ServerConfig config) => new("ds", config.OwnName, CertificateRole.DirectionServer);

    /// <summary>The RS of a configuration.</summary>
    public static ServerRole Rs(ServerConfig config) => new("rs", config.RsName, CertificateRole.RelayServer);
}
