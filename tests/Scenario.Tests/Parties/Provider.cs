using NTMobile.Scenario.Tests.World;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;

namespace NTMobile.Scenario.Tests.Parties;

/// <summary>The provider's CA.</summary>
internal sealed class Provider(SeededRandom random, TimeProvider time)
{
    private readonly CertificateAuthority _authority =
        CertificateAuthority.Create("provider", time.GetUtcNow().AddDays(-1), time.GetUtcNow().AddYears(10), random);

    private ulong _serial;

    public (NodeIdentity Keys, byte[] Certificate) Certify(string name, CertificateRole role)
    {
        var keys = NodeIdentity.Create(random);
        return (keys, Certify(name, role, keys));
    }

    public byte[] Certify(string name, CertificateRole role, NodeIdentity keys)
    {
        var subject = new CertificateSubject(name, keys.Signing.PublicKey.ToArray(), keys.Static.PublicKey.ToArray(), role);
        return _authority.Issue(subject, time.GetUtcNow().AddDays(-1), time.GetUtcNow().AddYears(1), ++_serial);
    }

    public ServerIdentity Server(string name, CertificateRole role, params CertificateRole[] accepted)
    {
        var (keys, certificate) = Certify(name, role);
        return new ServerIdentity(keys, certificate, _authority.PublicKey.ToArray(), accepted);
    }
}
