using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;

namespace NTMobile.Servers.Tests;

/// <summary>A provider's CA and the parties that it certified.</summary>
internal sealed class Provider(IRandom random, TimeProvider time)
{
    private ulong _serial;

    public CertificateAuthority Authority { get; } =
        CertificateAuthority.Create("test provider", time.GetUtcNow().AddDays(-1), time.GetUtcNow().AddYears(10), random);

    public (NodeIdentity Keys, byte[] Certificate) Certify(string name, CertificateRole role, TimeSpan? life = null)
    {
        NodeIdentity keys = NodeIdentity.Create(random);
        return (keys, Renew(keys, name, role, life));
    }

    public byte[] Renew(NodeIdentity keys, string name, CertificateRole role, TimeSpan? life = null)
    {
        var subject = new CertificateSubject(name, keys.Signing.PublicKey.ToArray(), keys.Static.PublicKey.ToArray(), role);
        DateTimeOffset now = time.GetUtcNow();
        return Authority.Issue(subject, now.AddDays(-1), now + (life ?? TimeSpan.FromDays(365)), ++_serial);
    }

    public ServerIdentity Server(string name, CertificateRole role, params CertificateRole[] accepted)
    {
        (NodeIdentity keys, byte[] certificate) = Certify(name, role);
        return new ServerIdentity(keys, certificate, Authority.PublicKey.ToArray(), accepted);
    }
}
