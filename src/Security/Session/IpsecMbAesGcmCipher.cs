using System.Security.Cryptography;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Session;

/// <summary>AES-256-GCM by Intel's Multi-Buffer Crypto library, with the key expanded once. Makes the same bytes as
/// <see cref="SodiumAesGcmCipher"/>; used where <see cref="IpsecMb.IsAvailable"/>.</summary>
internal sealed unsafe class IpsecMbAesGcmCipher : PacketCipher
{
    private readonly KeyMemory _keyData = new(IpsecMb.KeyDataSize);

    public IpsecMbAesGcmCipher(ReadOnlySpan<byte> key)
    {
        fixed (byte* k = key)
        {
            IpsecMb.aes_gcm_pre_256_vaes_avx512(k, _keyData.Pointer);
        }
    }

    internal override bool SealCore(byte* nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        byte* context = stackalloc byte[IpsecMb.ContextSize];
        fixed (byte* ad = aad, m = plaintext, c = destination)
        {
            IpsecMb.aes_gcm_enc_256_vaes_avx512(
                _keyData.Pointer, context, c, m, (ulong)plaintext.Length, nonce, ad, (ulong)aad.Length, c + plaintext.Length, TagSize);
        }

        GC.KeepAlive(_keyData);
        return true;
    }

    internal override bool OpenCore(byte* nonce, ReadOnlySpan<byte> aad, Span<byte> inPlace)
    {
        byte* context = stackalloc byte[IpsecMb.ContextSize];
        byte* tag = stackalloc byte[TagSize];
        var text = inPlace[..^TagSize];
        fixed (byte* ad = aad, c = inPlace)
        {
            IpsecMb.aes_gcm_dec_256_vaes_avx512(
                _keyData.Pointer, context, c, c, (ulong)text.Length, nonce, ad, (ulong)aad.Length, tag, TagSize);
        }

        GC.KeepAlive(_keyData);
        if (CryptographicOperations.FixedTimeEquals(new ReadOnlySpan<byte>(tag, TagSize), inPlace[^TagSize..]))
        {
            return true;
        }

        text.Clear(); // it was decrypted before it was known to be forged
        return false;
    }

    private protected override void Erase() => _keyData.Dispose();
}
