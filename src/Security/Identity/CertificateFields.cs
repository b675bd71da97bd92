using NTMobile.Wire;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.EdEC;
using Org.BouncyCastle.Asn1.X509;

namespace NTMobile.Security.Identity;

/// <summary>How a subject stands in certificates and requests.</summary>
/// <remarks>The name stands in the subject alternative name only, which is therefore critical (RFC 5280 §4.1.2.6): a second copy as
/// common name would make a certificate too long for one handshake datagram. Role and X25519 key stand in an extension of our own:
/// an OCTET STRING of role (1) ‖ key (32).</remarks>
internal static class CertificateFields
{
    /// <summary>Extension for role and X25519 key. Under 2.25 every UUID is its own object identifier (ITU-T X.667).</summary>
    public static readonly DerObjectIdentifier RoleAndKey = new("2.25.272017351516279457833986021321277129393");

    /// <summary>Ed25519 (RFC 8410), without parameters.</summary>
    public static readonly AlgorithmIdentifier Ed25519 = new(EdECObjectIdentifiers.id_Ed25519);

    private const int KeySize = 32;

    public static SubjectPublicKeyInfo KeyInfo(ReadOnlySpan<byte> identityKey) => new(Ed25519, identityKey.ToArray());

    public static X509Extensions Extensions(CertificateSubject subject)
    {
        if (!HostName.IsNormal(subject.Name) || !Enum.IsDefined(subject.Role) || subject.StaticKey.Length != KeySize || subject.IdentityKey.Length != KeySize)
        {
            throw new ArgumentException("The name is not in its normal form, or a key or the role is none.", nameof(subject));
        }

        var extensions = new X509ExtensionsGenerator();
        extensions.AddExtension(X509Extensions.SubjectAlternativeName, true, new GeneralNames(new GeneralName(GeneralName.DnsName, subject.Name)));
        extensions.AddExtension(RoleAndKey, false, new DerOctetString([(byte)subject.Role, .. subject.StaticKey]));
        return extensions.Generate();
    }

    /// <summary>Null when something is missing or out of its range.</summary>
    public static CertificateSubject? TryReadSubject(SubjectPublicKeyInfo keyInfo, X509Extensions? extensions)
    {
        byte[] identityKey = keyInfo.PublicKey.GetBytes();
        byte[]? roleAndKey = extensions?.GetExtension(RoleAndKey)?.GetParsedValue() is DerOctetString octets ? octets.GetOctets() : null;
        if (!keyInfo.Algorithm.Equals(Ed25519) || identityKey.Length != KeySize || roleAndKey is not { Length: 1 + KeySize })
        {
            return null;
        }

        var role = (CertificateRole)roleAndKey[0];
        return TryReadName(extensions!) is { } name && Enum.IsDefined(role) ? new CertificateSubject(name, identityKey, roleAndKey[1..], role) : null;
    }

    private static string? TryReadName(X509Extensions extensions)
    {
        if (extensions.GetExtension(X509Extensions.SubjectAlternativeName)?.GetParsedValue() is not { } value
            || GeneralNames.GetInstance(value).GetNames() is not [{ TagNo: GeneralName.DnsName } only])
        {
            return null;
        }

        string name = DerIA5String.GetInstance(only.Name).GetString();
        return HostName.IsNormal(name) ? name : null;
    }
}
