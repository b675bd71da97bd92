using System.Security.Cryptography;
using System.Text;
using NTMobile.Security.Primitives;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;

namespace NTMobile.Security.Identity;

/// <summary>The provider's X.509 CA (Ed25519, RFC 8410): certifies nodes, Direction Servers and Relay Servers.</summary>
/// <remarks>Certificates are short, so that one fits into a handshake datagram: 30 bytes of the CA's name at most, and the
/// subject's name only once.</remarks>
public sealed class CertificateAuthority : IDisposable
{
    /// <summary>Most bytes of a CA's name in UTF-8; it stands in every certificate.</summary>
    public const int MaxNameBytes = 30;

    private readonly Ed25519KeyPair _key;
    private readonly byte[] _certificate;

    private CertificateAuthority(string name, Ed25519KeyPair key, byte[] certificate)
    {
        Name = name;
        _key = key;
        _certificate = certificate;
    }

    /// <summary>The common name in the CA's own certificate.</summary>
    public string Name { get; }

    /// <summary>Ed25519 key by which certificates are checked, 32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _key.PublicKey;

    /// <summary>The CA's own certificate, signed by itself, DER.</summary>
    public ReadOnlySpan<byte> Certificate => _certificate;

    /// <summary>A new CA.</summary>
    /// <param name="name">For people, 1–30 bytes in UTF-8.</param>
    /// <param name="notBefore">From when its own certificate is good.</param>
    /// <param name="notAfter">Until when.</param>
    /// <param name="random">For the key and the serial number.</param>
    public static CertificateAuthority Create(string name, DateTimeOffset notBefore, DateTimeOffset notAfter, IRandom random)
    {
        if (Encoding.UTF8.GetByteCount(name) is 0 or > MaxNameBytes)
        {
            throw new ArgumentException($"A CA's name has 1 to {MaxNameBytes} bytes.", nameof(name));
        }

        var key = Ed25519KeyPair.Generate(random);
        Span<byte> serial = stackalloc byte[8];
        random.Fill(serial);
        V3TbsCertificateGenerator fields = Fields(name, notBefore, notAfter, new BigInteger(1, serial));
        fields.SetSubject(CommonName(name));
        fields.SetSubjectPublicKeyInfo(CertificateFields.KeyInfo(key.PublicKey));
        var extensions = new X509ExtensionsGenerator();
        extensions.AddExtension(X509Extensions.BasicConstraints, true, new BasicConstraints(0)); // issues no further CA
        extensions.AddExtension(X509Extensions.KeyUsage, true, new KeyUsage(KeyUsage.KeyCertSign | KeyUsage.CrlSign));
        fields.SetExtensions(extensions.Generate());
        return new CertificateAuthority(name, key, SignedDer.Sign(key, fields.GenerateTbsCertificate().GetDerEncoded()));
    }

    /// <summary>Takes back what <see cref="Export"/> gave.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="authority">The CA, or null.</param>
    /// <returns>What is wrong with the file, or none.</returns>
    public static KeyFileProblem Import(ReadOnlySpan<byte> file, out CertificateAuthority? authority)
    {
        authority = null;
        KeyFileProblem problem = KeyContainer.Read(KeyFileKind.CertificateAuthority, file, out ReadOnlySpan<byte> body);
        if (problem != KeyFileProblem.None)
        {
            return problem;
        }

        if (body.Length <= Ed25519.SeedSize || body.Length <= Ed25519.SeedSize + 1 + body[Ed25519.SeedSize])
        {
            return KeyFileProblem.Damaged;
        }

        ReadOnlySpan<byte> rest = body[(Ed25519.SeedSize + 1)..];
        int nameLength = body[Ed25519.SeedSize];
        authority = new CertificateAuthority(
            Encoding.UTF8.GetString(rest[..nameLength]), Ed25519KeyPair.FromSeed(body[..Ed25519.SeedSize]), rest[nameLength..].ToArray());
        return KeyFileProblem.None;
    }

    /// <summary>A certificate, DER.</summary>
    /// <param name="subject">Whom it is about; the CA has made sure that this is true.</param>
    /// <param name="notBefore">From when it is good.</param>
    /// <param name="notAfter">Until when.</param>
    /// <param name="serial">Never given before by this CA.</param>
    /// <exception cref="ArgumentException">The name is not in its normal form, or a key or the role is none.</exception>
    public byte[] Issue(CertificateSubject subject, DateTimeOffset notBefore, DateTimeOffset notAfter, ulong serial)
    {
        V3TbsCertificateGenerator fields = Fields(Name, notBefore, notAfter, BigInteger.ValueOf(checked((long)serial)));
        fields.SetExtensions(CertificateFields.Extensions(subject));
        fields.SetSubjectPublicKeyInfo(CertificateFields.KeyInfo(subject.IdentityKey));
        return SignedDer.Sign(_key, fields.GenerateTbsCertificate().GetDerEncoded());
    }

    /// <summary>Key and certificate as the bytes of a file, which is secret (mode 0600); the caller erases them.</summary>
    public byte[] Export()
    {
        byte[] name = Encoding.UTF8.GetBytes(Name);
        byte[] body = [.. _key.Seed, (byte)name.Length, .. name, .. _certificate];
        byte[] file = KeyContainer.Write(KeyFileKind.CertificateAuthority, body);
        CryptographicOperations.ZeroMemory(body);
        return file;
    }

    /// <summary>Erases the key.</summary>
    public void Dispose() => _key.Dispose();

    private static V3TbsCertificateGenerator Fields(string issuer, DateTimeOffset notBefore, DateTimeOffset notAfter, BigInteger serial)
    {
        var fields = new V3TbsCertificateGenerator();
        fields.SetSerialNumber(new DerInteger(serial));
        fields.SetSignature(CertificateFields.Ed25519);
        fields.SetIssuer(CommonName(issuer));
        fields.SetStartDate(new Time(notBefore.UtcDateTime));
        fields.SetEndDate(new Time(notAfter.UtcDateTime));
        return fields;
    }

    private static X509Name CommonName(string name) => new([X509Name.CN], [name]);
}
