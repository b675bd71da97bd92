using System.Diagnostics.CodeAnalysis;
using NTMobile.Security.Primitives;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace NTMobile.Security.Identity;

/// <summary>Checks certificates of the provider.</summary>
public static class CertificateVerifier
{
    /// <summary>Reads a certificate if it is the provider's and still good. Its first day is not checked: clocks that are behind are no
    /// reason to refuse.</summary>
    /// <param name="der">The certificate.</param>
    /// <param name="providerKey">Ed25519 key of the provider's CA, 32 bytes.</param>
    /// <param name="now">The later of the clock and the latest time known for sure (the monotonic floor).</param>
    /// <param name="certificate">What it says, or null.</param>
    /// <param name="refusal">Why it was refused.</param>
    public static bool TryVerify(
        ReadOnlySpan<byte> der,
        ReadOnlySpan<byte> providerKey,
        DateTimeOffset now,
        [NotNullWhen(true)] out ProviderCertificate? certificate,
        out CertificateRefusal refusal)
    {
        certificate = null;
        refusal = CertificateRefusal.Malformed;
        if (!SignedDer.TrySplit(der, out ReadOnlySpan<byte> content, out ReadOnlySpan<byte> signature))
        {
            return false;
        }

        refusal = CertificateRefusal.BadSignature;
        if (!Ed25519.Verify(providerKey, content, signature))
        {
            return false;
        }

        // From here on the bytes are the provider's own.
        certificate = Read(content);
        refusal = certificate is null ? CertificateRefusal.Malformed : certificate.NotAfter < now ? CertificateRefusal.Expired : CertificateRefusal.None;
        certificate = refusal == CertificateRefusal.None ? certificate : null;
        return certificate is not null;
    }

    private static ProviderCertificate? Read(ReadOnlySpan<byte> content)
    {
        try
        {
            var fields = TbsCertificateStructure.GetInstance(Asn1Object.FromByteArray(content.ToArray()));
            return fields.Signature.Equals(CertificateFields.Ed25519)
                && CertificateFields.TryReadSubject(fields.SubjectPublicKeyInfo, fields.Extensions) is { } subject
                ? new ProviderCertificate(
                    subject.Name,
                    subject.IdentityKey,
                    subject.StaticKey,
                    subject.Role,
                    (ulong)fields.SerialNumber.LongValueExact,
                    new DateTimeOffset(fields.EndDate.ToDateTime(), TimeSpan.Zero))
                : null;
        }
        catch (Exception error) when (error is IOException or ArgumentException or InvalidOperationException or ArithmeticException)
        {
            return null; // the provider signed a certificate for something else
        }
    }
}
