using NTMobile.Security.Identity;
using NTMobile.Security.Primitives;
using NTMobile.Wire.Identity;

namespace NTMobile.KeyServer;

/// <summary>Tells whether a group really has made a package. The sealed key in it is nobody's business here.</summary>
internal static class PackageCheck
{
    /// <summary>The member certificate in a package; null unless the group's key has signed both and hashes to the group's id.</summary>
    public static MemberCertificate? Read(byte[] content) =>
        GroupPackage.TryRead(content, out var package)
        && MemberCertificate.TryRead(package.Certificate, out var certificate)
        && IsSigned(package.GroupKey, GroupPackage.SigningDomain, content)
        && IsSigned(package.GroupKey, MemberCertificate.SigningDomain, package.Certificate)
        && GroupId.Of(package.GroupKey).AsSpan().SequenceEqual(certificate.GroupId)
            ? certificate : null;

    // The signature is the end of each structure and covers a text for its kind and all bytes before it (docs/protocol.md §3).
    private static bool IsSigned(byte[] key, ReadOnlySpan<byte> domain, byte[] structure)
    {
        var body = structure.AsSpan(0, structure.Length - GroupPackage.SignatureSize);
        return Ed25519.Verify(key, [.. domain, .. body], structure.AsSpan(body.Length));
    }
}
