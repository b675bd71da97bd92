using System.Security.Cryptography;
using System.Text;
using NTMobile.Security.Primitives;
using NTMobile.Wire.Identity;

namespace NTMobile.Security.Identity;

/// <summary>A group's pre-shared key, readable by one member only.</summary>
/// <remarks><code>
///  0                        32                       64         80
///  +------------------------+------------------------+----------+
///  | ephemeral X25519 key   | group key enciphered   | tag (16) |
///  +------------------------+------------------------+----------+
///  key = HKDF-SHA256(X25519(ephemeral, member), salt = ephemeral key ‖ member's key, info = "NTM1 sealed group key")
///  ChaCha20-Poly1305, nonce 0 (each key is used once), AAD = group id (16) ‖ epoch (4) ‖ member's name
/// </code></remarks>
internal static class SealedGroupKey
{
    private const int KeySize = 32;

    public static byte[] Seal(ReadOnlySpan<byte> groupKey, ReadOnlySpan<byte> memberStatic, MemberCertificate certificate, IRandom random)
    {
        using var ephemeral = X25519KeyPair.Generate(random);
        Span<byte> key = stackalloc byte[KeySize];
        if (!TryDeriveKey(ephemeral, memberStatic, ephemeral.PublicKey, memberStatic, key))
        {
            throw new ArgumentException("The member's X25519 key is of low order.", nameof(memberStatic));
        }

        byte[] result = new byte[GroupPackage.SealedKeySize];
        ephemeral.PublicKey.CopyTo(result);
        ChaChaPoly.Seal(key, stackalloc byte[ChaChaPoly.NonceSize], Aad(certificate), groupKey, result.AsSpan(KeySize));
        CryptographicOperations.ZeroMemory(key);
        return result;
    }

    /// <summary>Writes the group key, 32 bytes. False when it was sealed for somebody else.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> sealedKey, X25519KeyPair member, MemberCertificate certificate, Span<byte> groupKey)
    {
        Span<byte> key = stackalloc byte[KeySize];
        ReadOnlySpan<byte> ephemeral = sealedKey[..KeySize];
        bool opened = TryDeriveKey(member, ephemeral, ephemeral, member.PublicKey, key)
            && ChaChaPoly.TryOpen(key, stackalloc byte[ChaChaPoly.NonceSize], Aad(certificate), sealedKey[KeySize..], groupKey);
        CryptographicOperations.ZeroMemory(key);
        return opened;
    }

    private static bool TryDeriveKey(
        X25519KeyPair own, ReadOnlySpan<byte> peer, ReadOnlySpan<byte> ephemeral, ReadOnlySpan<byte> member, Span<byte> key)
    {
        Span<byte> shared = stackalloc byte[KeySize];
        bool agreed = own.TryAgree(peer, shared);
        if (agreed)
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, key, [.. ephemeral, .. member], "NTM1 sealed group key"u8);
        }

        CryptographicOperations.ZeroMemory(shared);
        return agreed;
    }

    private static byte[] Aad(MemberCertificate certificate) =>
    [
        .. certificate.GroupId,
        (byte)(certificate.Epoch >> 24), (byte)(certificate.Epoch >> 16), (byte)(certificate.Epoch >> 8), (byte)certificate.Epoch,
        .. Encoding.ASCII.GetBytes(certificate.Node),
    ];
}
