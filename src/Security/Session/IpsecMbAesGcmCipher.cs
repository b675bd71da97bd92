using System.Buffers.Binary;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Session;

/// <summary>AES-256-GCM by Intel's Multi-Buffer Crypto library, with the key expanded once. Makes the same bytes as
/// <see cref="SodiumAesGcmCipher"/>; used where <see cref="IpsecMb.IsAvailable"/>.</summary>
internal sealed unsafe class IpsecMbAesGcmCipher : PacketCipher
{
    private readonly KeyMemory _keyData = new(IpsecMb.KeyDataSize);
    private byte* _expanded; // in _keyData; null: erased

    public IpsecMbAesGcmCipher(ReadOnlySpan<byte> key)
    {
        _expanded = _keyData.Pointer;
        fixed (byte* k = key)
        {
            IpsecMb.aes_gcm_pre_256_vaes_avx512(k, _expanded);
        }
    }

    internal override (nint Address, int Bytes) Place => ((nint)_expanded, IpsecMb.KeyDataSize);

    internal override bool SealCore(byte* nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        byte* key = Expanded();
        byte* context = stackalloc byte[IpsecMb.ContextSize];
        fixed (byte* ad = aad, m = plaintext, c = destination)
        {
            IpsecMb.aes_gcm_enc_256_vaes_avx512(
                key, context, c, m, (ulong)plaintext.Length, nonce, ad, (ulong)aad.Length, c + plaintext.Length, TagSize);
        }

        GC.KeepAlive(_keyData);
        return true;
    }

    internal override bool OpenCore(byte* nonce, ReadOnlySpan<byte> aad, Span<byte> inPlace)
    {
        byte* key = Expanded();
        byte* context = stackalloc byte[IpsecMb.ContextSize];
        byte* tag = stackalloc byte[TagSize];
        var text = inPlace[..^TagSize];
        fixed (byte* ad = aad, c = inPlace)
        {
            IpsecMb.aes_gcm_dec_256_vaes_avx512(
                key, context, c, c, (ulong)text.Length, nonce, ad, (ulong)aad.Length, tag, TagSize);
        }

        GC.KeepAlive(_keyData);
        if (IsSame(tag, inPlace[^TagSize..]))
        {
            return true;
        }

        text.Clear(); // it was decrypted before it was known to be forged
        return false;
    }

    private protected override void Erase()
    {
        _expanded = null;
        _keyData.Dispose();
    }

    private byte* Expanded()
    {
        byte* expanded = _expanded;
        ObjectDisposedException.ThrowIf(expanded == null, this);
        return expanded;
    }

    // All 16 bytes at once, whatever differs: the time tells nothing. CryptographicOperations.FixedTimeEquals does the same byte by byte.
    private static bool IsSame(byte* tag, ReadOnlySpan<byte> sent) =>
        ((BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(tag, TagSize)) ^ BinaryPrimitives.ReadUInt64LittleEndian(sent))
        | (BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(tag + 8, 8)) ^ BinaryPrimitives.ReadUInt64LittleEndian(sent[8..]))) == 0;
}
