namespace NTMobile.Security.Primitives;

/// <summary>Signatures on Curve25519 (RFC 8032).</summary>
public static unsafe class Ed25519
{
    /// <summary>Bytes of a public key.</summary>
    public const int PublicKeySize = 32;

    /// <summary>Bytes of the seed from which a pair is made.</summary>
    public const int SeedSize = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureSize = 64;

    /// <summary>Bytes of libsodium's expanded secret key: seed, then public key.</summary>
    internal const int SecretKeySize = 64;

    /// <summary>True when <paramref name="signature"/> (64 bytes) is the one of the owner of <paramref name="publicKey"/> (32 bytes)
    /// on <paramref name="message"/>. Anything of another size, a non-canonical encoding and a key of low order are refused.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeySize || signature.Length != SignatureSize)
        {
            return false;
        }

        Sodium.EnsureReady();
        fixed (byte* key = publicKey, text = message, sig = signature)
        {
            return Sodium.crypto_sign_verify_detached(sig, text, (ulong)message.Length, key) == 0;
        }
    }
}
