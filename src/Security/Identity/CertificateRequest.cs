using System.Diagnostics.CodeAnalysis;
using NTMobile.Security.Primitives;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;

namespace NTMobile.Security.Identity;

/// <summary>PKCS #10 (RFC 2986): a party asks the provider for a certificate and proves that it has the Ed25519 key.</summary>
public static class CertificateRequest
{
    /// <summary>The request, DER, signed by the identity key.</summary>
    /// <param name="identity">The keys to be certified.</param>
    /// <param name="name">The name asked for, in its normal form.</param>
    /// <param name="role">The role asked for.</param>
    public static byte[] Create(NodeIdentity identity, string name, CertificateRole role)
    {
        var subject = new CertificateSubject(name, identity.Signing.PublicKey.ToArray(), identity.Static.PublicKey.ToArray(), role);
        var extensions = new AttributePkcs(PkcsObjectIdentifiers.Pkcs9AtExtensionRequest, new DerSet(CertificateFields.Extensions(subject)));
        var info = new CertificationRequestInfo(
            new X509Name([X509Name.CN], [name]), CertificateFields.KeyInfo(subject.IdentityKey), new DerSet(extensions));
        return SignedDer.Sign(identity.Signing, info.GetDerEncoded());
    }

    /// <summary>Reads a request. True when it is well-formed and signed by the key that it asks to have certified; whether the name is
    /// the asker's is for the CA to know.</summary>
    public static bool TryRead(ReadOnlySpan<byte> der, [NotNullWhen(true)] out CertificateSubject? subject)
    {
        subject = SignedDer.TrySplit(der, out ReadOnlySpan<byte> content, out ReadOnlySpan<byte> signature) ? ReadInfo(content) : null;
        subject = subject is not null && Ed25519.Verify(subject.IdentityKey, content, signature) ? subject : null;
        return subject is not null;
    }

    private static CertificateSubject? ReadInfo(ReadOnlySpan<byte> content)
    {
        try
        {
            var info = CertificationRequestInfo.GetInstance(Asn1Object.FromByteArray(content.ToArray()));
            X509Extensions? extensions = null;
            foreach (Asn1Encodable each in info.Attributes ?? DerSet.Empty)
            {
                var attribute = AttributePkcs.GetInstance(each);
                if (attribute.AttrType.Equals(PkcsObjectIdentifiers.Pkcs9AtExtensionRequest) && attribute.AttrValues.Count == 1)
                {
                    extensions = X509Extensions.GetInstance(attribute.AttrValues[0]);
                }
            }

            return CertificateFields.TryReadSubject(info.SubjectPublicKeyInfo, extensions);
        }
        catch (Exception error) when (error is IOException or ArgumentException or InvalidOperationException or InvalidCastException or FormatException)
        {
            return null; // the ways in which the parser says that the bytes are no such structure
        }
    }
}
