namespace NTMobile.Security.Primitives;

/// <summary>ChaCha20-Poly1305 (RFC 8439) by libsodium, for handshakes and sealed boxes. Packets go through
/// <see cref="Session.PacketCipher"/>.</summary>
internal static unsafe class ChaChaPoly
{
    public const int KeySize = 32;
    public const int NonceSize = 12;
    public const int TagSize = 16;

    /// <summary>Writes ciphertext and tag; <paramref name="destination"/> has exactly 16 bytes more than <paramref name="plaintext"/>.</summary>
    public static void Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        Require.Length(key, KeySize);
        Require.Length(nonce, NonceSize);
        Require.Length(destination, plaintext.Length + TagSize);
        Sodium.EnsureReady();
        fixed (byte* k = key, n = nonce, ad = aad, m = plaintext, c = destination)
        {
            Require.Success(Sodium.crypto_aead_chacha20poly1305_ietf_encrypt_detached(
                c, c + plaintext.Length, null, m, (ulong)plaintext.Length, ad, (ulong)aad.Length, null, n, k));
        }
    }

    /// <summary>Opens ciphertext and tag; <paramref name="plaintext"/> has exactly 16 bytes less than <paramref name="sealedText"/>
    /// and may be its beginning. False when forged or shorter than a tag; the plaintext is then worthless.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> sealedText, Span<byte> plaintext)
    {
        Require.Length(key, KeySize);
        Require.Length(nonce, NonceSize);
        if (sealedText.Length < TagSize)
        {
            return false;
        }

        int length = sealedText.Length - TagSize;
        Require.Length(plaintext, length);
        Sodium.EnsureReady();
        fixed (byte* k = key, n = nonce, ad = aad, c = sealedText, m = plaintext)
        {
            return Sodium.crypto_aead_chacha20poly1305_ietf_decrypt_detached(
                m, null, c, (ulong)length, c + length, ad, (ulong)aad.Length, n, k) == 0;
        }
    }
}
