using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using NTMobile.Security.Noise;
using NTMobile.Wire.Identity;

namespace NTMobile.Security.Identity;

/// <summary>Why a group package was refused.</summary>
public enum PackageRefusal
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>It is no package.</summary>
    Malformed,

    /// <summary>It or the certificate inside is not signed by the group whose key it names.</summary>
    BadSignature,

    /// <summary>It is for another node or for other keys.</summary>
    NotForUs,

    /// <summary>Its time is over.</summary>
    Expired,
}

/// <summary>A group as a member holds it. Kept as the package from which it was opened.</summary>
public sealed class GroupMembership : IDisposable
{
    private readonly byte[] _groupKey = GC.AllocateArray<byte>(NoiseHandshake.PskSize, pinned: true);

    private GroupMembership(GroupPackage package, MemberCertificate certificate)
    {
        Name = package.GroupName;
        Priority = package.Priority;
        PublicKey = package.GroupKey;
        CertificateBytes = package.Certificate;
        Certificate = certificate;
    }

    /// <summary>The group's name, for people.</summary>
    public string Name { get; }

    /// <summary>Of two common groups the one with the lower number is used; the same at all members.</summary>
    public byte Priority { get; }

    /// <summary>The group's id, 16 bytes.</summary>
    public byte[] Id => Certificate.GroupId;

    /// <summary>Ed25519 key by which member certificates are checked, 32 bytes.</summary>
    public byte[] PublicKey { get; }

    /// <summary>Our own member certificate.</summary>
    public MemberCertificate Certificate { get; }

    /// <summary>The same as bytes, for a Member frame.</summary>
    public byte[] CertificateBytes { get; }

    /// <summary>The group's pre-shared key, 32 bytes: for <see cref="NoiseHandshake.SetPsk"/> and <see cref="GroupTag.Compute"/>.</summary>
    public ReadOnlySpan<byte> GroupKey => _groupKey;

    /// <summary>Opens a package that was made for this node.</summary>
    /// <param name="bytes">From the group's owner, by whatever way.</param>
    /// <param name="identity">Our keys.</param>
    /// <param name="node">Our full name in its normal form.</param>
    /// <param name="now">The later of the clock and the latest time known for sure.</param>
    /// <param name="membership">The group, or null.</param>
    /// <param name="refusal">Why it was refused.</param>
    public static bool TryOpen(
        ReadOnlySpan<byte> bytes,
        NodeIdentity identity,
        string node,
        DateTimeOffset now,
        [NotNullWhen(true)] out GroupMembership? membership,
        out PackageRefusal refusal)
    {
        membership = null;
        refusal = Check(bytes, identity, node, now, out GroupPackage? package, out MemberCertificate? certificate);
        if (refusal == PackageRefusal.None)
        {
            var opened = new GroupMembership(package!, certificate!);
            bool ours = SealedGroupKey.TryOpen(package!.SealedKey, identity.Static, certificate!, opened._groupKey);
            membership = ours ? opened : null;
            refusal = ours ? PackageRefusal.None : PackageRefusal.NotForUs;
        }

        return membership is not null;
    }

    /// <summary>Whether our member certificate's time is over.</summary>
    public bool IsExpired(DateTimeOffset now) => MemberVerifier.IsExpired(Certificate, now);

    /// <summary>Erases the group key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_groupKey);

    private static PackageRefusal Check(
        ReadOnlySpan<byte> bytes, NodeIdentity identity, string node, DateTimeOffset now, out GroupPackage? package, out MemberCertificate? certificate)
    {
        certificate = null;
        if (!GroupPackage.TryRead(bytes, out package) || !MemberCertificate.TryRead(package.Certificate, out certificate))
        {
            return PackageRefusal.Malformed;
        }

        if (!DomainSignature.Verify(package.GroupKey, GroupPackage.SigningDomain, bytes)
            || !DomainSignature.Verify(package.GroupKey, MemberCertificate.SigningDomain, package.Certificate)
            || !GroupId.Of(package.GroupKey).AsSpan().SequenceEqual(certificate.GroupId))
        {
            return PackageRefusal.BadSignature;
        }

        if (certificate.Node != node || !identity.Signing.PublicKey.SequenceEqual(certificate.MemberKey))
        {
            return PackageRefusal.NotForUs;
        }

        return MemberVerifier.IsExpired(certificate, now) ? PackageRefusal.Expired : PackageRefusal.None;
    }
}
