using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NTMobile.Storage;

namespace NTMobile.KeyServer;

/// <summary>The TLS key of the KMS: made by itself, kept in a file, and pinned by tokens and nodes. The certificate around it has no
/// meaning of its own and is made anew at each start.</summary>
public sealed class TlsIdentity : IDisposable
{
    private const string Kind = "KTLS";

    private TlsIdentity(ECDsa key, string host)
    {
        Pin = SHA256.HashData(key.ExportSubjectPublicKeyInfo());
        Certificate = MakeCertificate(key, host);
    }

    /// <summary>SHA-256 of the key's SubjectPublicKeyInfo, 32 bytes.</summary>
    public byte[] Pin { get; }

    /// <summary>What Kestrel shows, with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Reads the key, or makes it at the first start.</summary>
    /// <param name="path">The key's file.</param>
    /// <param name="host">Name or address of this server, for tools that look at certificates.</param>
    /// <exception cref="KeyFileException">The file is there but cannot be used. It is not replaced: every node has pinned it.</exception>
    public static TlsIdentity OpenOrCreate(string path, string host)
    {
        if (!File.Exists(path))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            KeyFile.Create(path, Kind, made.ExportPkcs8PrivateKey());
        }

        using var key = ECDsa.Create();
        var content = KeyFile.Read(path, Kind);
        key.ImportPkcs8PrivateKey(content, out _);
        CryptographicOperations.ZeroMemory(content);
        return new TlsIdentity(key, host);
    }

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();

    // Valid for ever, as far as X.509 goes: nodes look at the key only, and a router's clock may be wrong.
    private static X509Certificate2 MakeCertificate(ECDsa key, string host)
    {
        var request = new CertificateRequest("CN=NTMobile KMS", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (System.Net.IPAddress.TryParse(host, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(
            new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2999, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }
}
