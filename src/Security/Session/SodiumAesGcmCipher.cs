using NTMobile.Security.Primitives;

namespace NTMobile.Security.Session;

/// <summary>AES-256-GCM by libsodium, with the key expanded once. Where the CPU has AES instructions this is the fastest way.</summary>
internal sealed unsafe class SodiumAesGcmCipher : PacketCipher
{
    private const int StateSize = 512; // crypto_aead_aes256gcm_state; its 16-byte alignment is kept by KeyMemory
    private const int ShortInput = 4096; // bytes; up to here a call takes less than about a microsecond

    private readonly KeyMemory _state = new(StateSize);

    public SodiumAesGcmCipher(ReadOnlySpan<byte> key)
    {
        Sodium.EnsureReady();
        if (Sodium.crypto_aead_aes256gcm_is_available() != 1)
        {
            throw new PlatformNotSupportedException("This CPU has no AES instructions that libsodium can use.");
        }

        fixed (byte* k = key)
        {
            Require.Success(Sodium.crypto_aead_aes256gcm_beforenm(_state.Pointer, k));
        }
    }

    internal override bool SealCore(byte* nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        int result;
        fixed (byte* ad = aad, m = plaintext, c = destination)
        {
            ulong length = (ulong)plaintext.Length;
            result = length <= ShortInput
                ? Sodium.aes256gcm_encrypt_short(c, c + length, null, m, length, ad, (ulong)aad.Length, null, nonce, _state.Pointer)
                : Sodium.crypto_aead_aes256gcm_encrypt_detached_afternm(c, c + length, null, m, length, ad, (ulong)aad.Length, null, nonce, _state.Pointer);
        }

        GC.KeepAlive(_state);
        return result == 0;
    }

    internal override bool OpenCore(byte* nonce, ReadOnlySpan<byte> aad, Span<byte> inPlace)
    {
        int result;
        fixed (byte* ad = aad, c = inPlace)
        {
            ulong length = (ulong)(inPlace.Length - TagSize);
            result = length <= ShortInput
                ? Sodium.aes256gcm_decrypt_short(c, null, c, length, c + length, ad, (ulong)aad.Length, nonce, _state.Pointer)
                : Sodium.crypto_aead_aes256gcm_decrypt_detached_afternm(c, null, c, length, c + length, ad, (ulong)aad.Length, nonce, _state.Pointer);
        }

        GC.KeepAlive(_state);
        return result == 0;
    }

    private protected override void Erase() => _state.Dispose();
}
