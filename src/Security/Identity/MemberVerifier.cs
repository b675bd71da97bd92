using NTMobile.Wire.Identity;

namespace NTMobile.Security.Identity;

/// <summary>Why a peer is not taken for the member that it says it is.</summary>
public enum MemberRefusal
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>Certificate or bundle has not the right form.</summary>
    Malformed,

    /// <summary>The certificate is for another group.</summary>
    OtherGroup,

    /// <summary>Certificate or bundle is not signed by whom it should be.</summary>
    BadSignature,

    /// <summary>The name is not the one asked for.</summary>
    OtherName,

    /// <summary>The keys of certificate, bundle and handshake are not the same party's.</summary>
    OtherKey,

    /// <summary>The certificate is of an older epoch of the group than ours.</summary>
    OldEpoch,

    /// <summary>The certificate's time is over.</summary>
    Expired,
}

/// <summary>Checks the peer of a handshake: group → certificate → identity key → bundle → static key → handshake.</summary>
public static class MemberVerifier
{
    /// <summary>Follows the chain from the group to the key which the handshake proved.</summary>
    /// <param name="group">The group whose key the handshake used.</param>
    /// <param name="certificate">The bytes of the peer's Member frame.</param>
    /// <param name="bundle">The bytes of the peer's bundle, whose hash stood in the prologue.</param>
    /// <param name="name">The node's name that was asked for, or under which the peer was announced.</param>
    /// <param name="staticKey">The peer's static key in the handshake, 32 bytes.</param>
    /// <param name="now">The later of the clock and the latest time known for sure.</param>
    public static MemberRefusal Check(
        GroupMembership group, ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> bundle, string name, ReadOnlySpan<byte> staticKey, DateTimeOffset now)
    {
        if (!MemberCertificate.TryRead(certificate, out MemberCertificate? member) || !NodeBundle.TryRead(bundle, out NodeBundle? keys))
        {
            return MemberRefusal.Malformed;
        }

        if (!member.GroupId.AsSpan().SequenceEqual(group.Id))
        {
            return MemberRefusal.OtherGroup;
        }

        if (!DomainSignature.Verify(group.PublicKey, MemberCertificate.SigningDomain, certificate) || !BundleSignature.Verify(bundle))
        {
            return MemberRefusal.BadSignature;
        }

        if (member.Node != name || keys.Node != name)
        {
            return MemberRefusal.OtherName;
        }

        if (!member.MemberKey.AsSpan().SequenceEqual(keys.IdentityKey) || !staticKey.SequenceEqual(keys.StaticKey))
        {
            return MemberRefusal.OtherKey;
        }

        return member.Epoch < group.Certificate.Epoch ? MemberRefusal.OldEpoch : IsExpired(member, now) ? MemberRefusal.Expired : MemberRefusal.None;
    }

    internal static bool IsExpired(MemberCertificate certificate, DateTimeOffset now) =>
        now.ToUnixTimeSeconds() is var seconds && seconds > 0 && (ulong)seconds > certificate.NotAfter;
}
