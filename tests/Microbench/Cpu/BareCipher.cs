using System.Runtime.InteropServices;
using NTMobile.Security.Primitives;
using NTMobile.Security.Session;
using NTMobile.Wire;

namespace NTMobile.Microbench.Cpu;

/// <summary>AES-256-GCM by the library that the router uses on this CPU, with an expanded key and nothing of ours around it: what sealing and
/// opening cost at the least.</summary>
internal static unsafe class BareCipher
{
    private const nuint Alignment = 64;
    private static readonly byte* Context = (byte*)NativeMemory.AlignedAlloc(IpsecMb.ContextSize, Alignment);
    private static readonly byte* Key = Expand();

    /// <summary>Whether the router uses AES here.</summary>
    public static bool IsAvailable => CipherSuites.Preferred == CipherSuite.Aes256Gcm;

    /// <summary>The library.</summary>
    public static string Library => IpsecMb.IsAvailable ? "libipsec-mb" : "libsodium";

    /// <summary>Seals; the destination has room for the tag.</summary>
    public static void Seal(byte* plaintext, int length, byte* destination, byte* nonce, byte* aad)
    {
        if (IpsecMb.IsAvailable)
        {
            IpsecMb.aes_gcm_enc_256_vaes_avx512(
                Key, Context, destination, plaintext, (ulong)length, nonce, aad, SealedDatagram.AadSize, destination + length, PacketCipher.TagSize);
        }
        else
        {
            _ = Sodium.aes256gcm_encrypt_short(
                destination, destination + length, null, plaintext, (ulong)length, aad, SealedDatagram.AadSize, null, nonce, Key);
        }
    }

    /// <summary>Opens in place what <see cref="Seal"/> made; libipsec-mb leaves comparing the tag to its caller.</summary>
    public static void Open(byte* text, int length, byte* nonce, byte* aad, byte* tag)
    {
        if (IpsecMb.IsAvailable)
        {
            IpsecMb.aes_gcm_dec_256_vaes_avx512(
                Key, Context, text, text, (ulong)length, nonce, aad, SealedDatagram.AadSize, tag, PacketCipher.TagSize);
        }
        else
        {
            _ = Sodium.aes256gcm_decrypt_short(text, null, text, (ulong)length, text + length, aad, SealedDatagram.AadSize, nonce, Key);
        }
    }

    private static byte* Expand()
    {
        var expanded = (byte*)NativeMemory.AlignedAlloc(IpsecMb.KeyDataSize, Alignment);
        var key = stackalloc byte[PacketCipher.KeySize];
        if (IpsecMb.IsAvailable)
        {
            IpsecMb.aes_gcm_pre_256_vaes_avx512(key, expanded);
        }
        else
        {
            Sodium.EnsureReady();
            Assert.Equal(0, Sodium.crypto_aead_aes256gcm_beforenm(expanded, key));
        }

        return expanded;
    }
}
