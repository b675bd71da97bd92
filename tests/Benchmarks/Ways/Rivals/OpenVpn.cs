using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>
/// OpenVPN in user space, from point to point over UDP, keys agreed by TLS. Tuned as its manual says for speed: socket buffers as the
/// system has them, no poll before each write (fast-io), a long interface queue. Its own mssfix keeps outer packets whole.
/// </summary>
internal sealed class OpenVpn : Rival
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(10);

    public override string Key => "openvpn";

    protected override string Name => "openvpn";

    protected override IReadOnlyList<string> Programs => ["openvpn"];

    protected override int Mtu => 1500;

    protected override async Task<string> DescribeAsync(Host host)
    {
        var words = (await FirstLineAsync(host, "openvpn", "--version").ConfigureAwait(false)).Split(' ');
        return $"{words[1]}, AES-256-GCM";
    }

    protected override async Task PrepareAsync()
    {
        foreach (var end in (RivalEnd[])[Alice, Bob])
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var now = TimeProvider.System.GetUtcNow();
            using var certificate = new CertificateRequest($"CN={end.Tun}", key, HashAlgorithmName.SHA256).CreateSelfSigned(now - Validity, now + Validity);
            await File.WriteAllTextAsync(FileOf(end, "crt"), certificate.ExportCertificatePem()).ConfigureAwait(false);
            await File.WriteAllTextAsync(FileOf(end, "key"), key.ExportPkcs8PrivateKeyPem()).ConfigureAwait(false);
            await File.WriteAllTextAsync(FileOf(end, "fingerprint"), Fingerprint(certificate)).ConfigureAwait(false);
        }
    }

    protected override LabProcess StartDaemon(RivalEnd here, RivalEnd there)
    {
        File.WriteAllText(FileOf(here, "conf"), $"""
            dev {here.Tun}
            dev-type tun
            proto udp4
            lport {here.Port}
            remote {there.Public} {there.Port}
            {(here == Alice ? "tls-server\ndh none" : "tls-client")}
            cert {FileOf(here, "crt")}
            key {FileOf(here, "key")}
            peer-fingerprint {File.ReadAllText(FileOf(there, "fingerprint"))}
            data-ciphers AES-256-GCM
            cipher AES-256-GCM
            sndbuf 0
            rcvbuf 0
            fast-io
            txqueuelen 1000
            verb 1

            """);
        return here.Router.Start(new ProcessSpec { Command = "openvpn", Arguments = ["--config", FileOf(here, "conf")] });
    }

    private static string Fingerprint(X509Certificate2 certificate) =>
        string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(b => b.ToString("X2", null)));
}
