namespace NTMobile.Security.Primitives;

/// <summary>Diffie-Hellman on Curve25519 (RFC 7748).</summary>
public static unsafe class X25519
{
    /// <summary>Bytes of a private key, a public key and a shared secret.</summary>
    public const int KeySize = 32;

    /// <summary>Writes the public key of <paramref name="privateKey"/> (32 bytes each).</summary>
    public static void PublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        Require.Length(privateKey, KeySize);
        Require.Length(publicKey, KeySize);
        Sodium.EnsureReady();
        fixed (byte* scalar = privateKey, point = publicKey)
        {
            Require.Success(Sodium.crypto_scalarmult_base(point, scalar));
        }
    }

    /// <summary>Writes the shared secret (32 bytes). False when the peer's key is a point of low order, for which the
    /// result would not depend on our key (RFC 7748 §6.1); <paramref name="shared"/> is then all zero.</summary>
    public static bool TryAgree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> shared)
    {
        Require.Length(privateKey, KeySize);
        Require.Length(peerPublicKey, KeySize);
        Require.Length(shared, KeySize);
        Sodium.EnsureReady();
        fixed (byte* scalar = privateKey, point = peerPublicKey, result = shared)
        {
            if (Sodium.crypto_scalarmult(result, scalar, point) == 0)
            {
                return true;
            }
        }

        shared.Clear();
        return false;
    }
}
