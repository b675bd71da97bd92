using NTMobile.Security.Primitives;

namespace NTMobile.Security.Session;

/// <summary>ChaCha20-Poly1305 by libsodium: where there is no libcrypto.</summary>
internal sealed unsafe class SodiumChaChaCipher : PacketCipher
{
    private readonly KeyMemory _key;

    public SodiumChaChaCipher(ReadOnlySpan<byte> key)
    {
        Sodium.EnsureReady();
        _key = new KeyMemory(key);
    }

    internal override bool SealCore(byte* nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        int result;
        fixed (byte* ad = aad, m = plaintext, c = destination)
        {
            result = Sodium.crypto_aead_chacha20poly1305_ietf_encrypt_detached(
                c, c + plaintext.Length, null, m, (ulong)plaintext.Length, ad, (ulong)aad.Length, null, nonce, _key.Pointer);
        }

        GC.KeepAlive(_key);
        return result == 0;
    }

    internal override bool OpenCore(byte* nonce, ReadOnlySpan<byte> aad, Span<byte> inPlace)
    {
        int result;
        fixed (byte* ad = aad, c = inPlace)
        {
            int length = inPlace.Length - TagSize;
            result = Sodium.crypto_aead_chacha20poly1305_ietf_decrypt_detached(
                c, null, c, (ulong)length, c + length, ad, (ulong)aad.Length, nonce, _key.Pointer);
        }

        GC.KeepAlive(_key);
        return result == 0;
    }

    private protected override void Erase() => _key.Dispose();
}
