using System.Security.Cryptography;
using NTMobile.Security.Primitives;
using NTMobile.Wire.Identity;

namespace NTMobile.Security.Identity;

/// <summary>Names of groups.</summary>
public static class GroupId
{
    /// <summary>The first 16 bytes of SHA-256 of the group's Ed25519 key.</summary>
    public static byte[] Of(ReadOnlySpan<byte> groupPublicKey)
    {
        Require.Length(groupPublicKey, Ed25519.PublicKeySize);
        return SHA256.HashData(groupPublicKey)[..MemberCertificate.GroupIdSize];
    }

    /// <summary>As a text: 32 lower-case hexadecimal digits.</summary>
    public static string Text(ReadOnlySpan<byte> groupId) => Convert.ToHexStringLower(groupId);
}
