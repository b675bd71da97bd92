using System.Security.Cryptography.X509Certificates;
using NTMobile.Security.Identity;
using CertificateRequest = NTMobile.Security.Identity.CertificateRequest;

namespace NTMobile.Security.Tests.Identity;

public sealed class CertificateTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly DateTimeOffset End = Start.AddYears(1);

    private readonly NodeIdentity _node = NodeIdentity.Create(new SeededRandom(1));
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("NTM example", Start, Start.AddYears(30), new SeededRandom(2));

    public void Dispose()
    {
        _node.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public void Says_what_was_certified()
    {
        Assert.True(CertificateVerifier.TryVerify(Issue("car.example.net", CertificateRole.RelayServer), _authority.PublicKey, Start, out var certificate, out _));
        Assert.Equal(("car.example.net", CertificateRole.RelayServer, 7UL, End), (certificate.Name, certificate.Role, certificate.Serial, certificate.NotAfter));
        Assert.Equal(_node.Signing.PublicKey, certificate.IdentityKey);
        Assert.Equal(_node.Static.PublicKey, certificate.StaticKey);
    }

    [Fact]
    public void A_certificate_has_these_bytes() => Assert.Equal(
        "308201223081D5A003020102020107300506032B657030163114301206035504030C0B4E544D206578616D706C65301E170D3236303130323033303430355A17"
        + "0D3237303130323033303430355A3000302A300506032B65700321008B4E53E7F6DF615B7F28DEB9C32CCE0A74357B1446E05D480EC0006D312CEDF8A35E305C"
        + "301D0603551D110101FF04133011820F6361722E6578616D706C652E6E6574303B0614698399A4D1B8CEA882ACAF8987B591ED95CD853104230421016E500AFB"
        + "7A2C7957859991C9AD87672F9DFE803C16EE1B638237AB7E486F963B300506032B6570034100AD7FB0EBB3F8FAD257A9D734990872DA16071BDCC5B2572E6F38"
        + "878F9F6F3C6077333972BD88898C7BC653B2E436C94972210B38485AFCE0DE08C59CE4943D04", // accepted by openssl verify
        Convert.ToHexString(Issue("car.example.net", CertificateRole.Node)));

    [Fact]
    public void Is_short_enough_for_a_handshake_datagram()
    {
        Assert.InRange(Issue(new string('a', 40), CertificateRole.Node, ulong.MaxValue >> 1).Length, 300, 360);
        Assert.InRange(Issue(new string('a', 62) + ".bbbbbbb", CertificateRole.Node).Length, 300, 390); // 512 less headers, Noise and a Hello
    }

    [Fact]
    public void Every_damage_is_refused()
    {
        foreach (byte[] damaged in Damage.Of(Issue("car.example.net", CertificateRole.Node)))
        {
            Assert.False(CertificateVerifier.TryVerify(damaged, _authority.PublicKey, Start, out var none, out CertificateRefusal refusal));
            Assert.Null(none);
            Assert.True(refusal is CertificateRefusal.Malformed or CertificateRefusal.BadSignature);
        }
    }

    [Fact]
    public void Another_provider_is_refused()
    {
        using var other = CertificateAuthority.Create("NTM example", Start, End, new SeededRandom(3));
        Assert.False(CertificateVerifier.TryVerify(Issue("car.example.net", CertificateRole.Node), other.PublicKey, Start, out _, out CertificateRefusal refusal));
        Assert.Equal(CertificateRefusal.BadSignature, refusal);
    }

    [Fact]
    public void Is_good_to_its_last_second_and_before_its_first()
    {
        byte[] der = Issue("car.example.net", CertificateRole.Node);
        Assert.True(CertificateVerifier.TryVerify(der, _authority.PublicKey, DateTimeOffset.UnixEpoch, out _, out _));
        Assert.True(CertificateVerifier.TryVerify(der, _authority.PublicKey, End, out _, out _));
        Assert.False(CertificateVerifier.TryVerify(der, _authority.PublicKey, End.AddSeconds(1), out _, out CertificateRefusal refusal));
        Assert.Equal(CertificateRefusal.Expired, refusal);
    }

    [Fact]
    public void The_authoritys_own_certificate_certifies_no_node()
    {
        Assert.False(CertificateVerifier.TryVerify(_authority.Certificate, _authority.PublicKey, Start, out _, out CertificateRefusal refusal));
        Assert.Equal(CertificateRefusal.Malformed, refusal);
    }

    [Fact]
    public void Another_reader_of_x509_agrees()
    {
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(Issue("car.example.net", CertificateRole.Node));
        using X509Certificate2 root = X509CertificateLoader.LoadCertificate(_authority.Certificate);
        Assert.Equal("CN=NTM example", leaf.Issuer);
        Assert.Equal(End.UtcDateTime, leaf.NotAfter.ToUniversalTime());
        Assert.Equal(["car.example.net"], leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.VerificationTime = Start.AddDays(1).UtcDateTime;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        Assert.True(chain.Build(leaf));
    }

    [Fact]
    public void The_authority_comes_back_from_its_file()
    {
        byte[] file = _authority.Export();
        Assert.Equal(KeyFileProblem.None, CertificateAuthority.Import(file, out CertificateAuthority? again));
        Assert.Equal(("NTM example", Convert.ToHexString(_authority.Certificate)), (again!.Name, Convert.ToHexString(again.Certificate)));
        Assert.Equal(Issue("car.example.net", CertificateRole.Node), Issue("car.example.net", CertificateRole.Node, from: again));
        Assert.All(Damage.Of(file), damaged => Assert.NotEqual(KeyFileProblem.None, CertificateAuthority.Import(damaged, out _)));
        Assert.Equal(KeyFileProblem.OtherKind, CertificateAuthority.Import(_node.Export(), out _));
        Assert.Equal(KeyFileProblem.OtherKind, NodeIdentity.Import(file, out _));
    }

    [Fact]
    public void A_request_carries_keys_name_and_role()
    {
        byte[] request = CertificateRequest.Create(_node, "car.example.net", CertificateRole.Node);
        Assert.True(CertificateRequest.TryRead(request, out CertificateSubject? subject));
        Assert.Equal(("car.example.net", CertificateRole.Node), (subject.Name, subject.Role));
        Assert.Equal(_node.Signing.PublicKey, subject.IdentityKey);
        Assert.Equal(_node.Static.PublicKey, subject.StaticKey);
    }

    [Fact]
    public void Every_damage_of_a_request_is_refused() => Assert.All(
        Damage.Of(CertificateRequest.Create(_node, "car.example.net", CertificateRole.Node)),
        damaged => Assert.False(CertificateRequest.TryRead(damaged, out _)));

    [Fact]
    public void A_request_for_anothers_key_is_refused()
    {
        byte[] request = CertificateRequest.Create(_node, "car.example.net", CertificateRole.Node);
        using var thief = NodeIdentity.Create(new SeededRandom(9));
        Assert.True(SignedDer.TrySplit(request, out ReadOnlySpan<byte> content, out _));
        Assert.False(CertificateRequest.TryRead(SignedDer.Sign(thief.Signing, content), out _));
    }

    [Fact]
    public void Names_out_of_form_are_not_certified()
    {
        Assert.Throws<ArgumentException>(() => Issue("Car.example.net", CertificateRole.Node));
        Assert.Throws<ArgumentException>(() => Issue("car.example.net", 0));
        Assert.Throws<ArgumentException>(() => CertificateAuthority.Create("", Start, End, SystemRandom.Instance));
        Assert.Throws<ArgumentException>(() => CertificateAuthority.Create(new string('x', 31), Start, End, SystemRandom.Instance));
    }

    private byte[] Issue(string name, CertificateRole role, ulong serial = 7, CertificateAuthority? from = null) => (from ?? _authority).Issue(
        new CertificateSubject(name, _node.Signing.PublicKey.ToArray(), _node.Static.PublicKey.ToArray(), role), Start, End, serial);
}
