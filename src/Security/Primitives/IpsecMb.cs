using System.Runtime.InteropServices;

namespace NTMobile.Security.Primitives;

/// <summary>The functions of Intel's Multi-Buffer Crypto library that are used, with the library's own names. On x86 processors with
/// VAES and AVX-512 its AES-GCM takes less than half of libsodium's time. Source: <c>intel-ipsec-mb.h</c>, version 1.</summary>
internal static unsafe partial class IpsecMb
{
    /// <summary><c>struct gcm_key_data</c>: 15 round keys and 48 powers of the hash key, 16 bytes each.</summary>
    public const int KeyDataSize = (15 + 48) * 16;

    /// <summary>More than <c>struct gcm_context_data</c> has (88 bytes in version 1.3).</summary>
    public const int ContextSize = 128;

    private const string Library = "libIPSec_MB.so.1";

    // IMB_FEATURE_AVX512_SKX (five bits), IMB_FEATURE_VAES, IMB_FEATURE_VPCLMULQDQ.
    private const ulong NeededFeatures = (0b1_1111 << 7) | (1 << 12) | (1 << 13);

    /// <summary>True when the library is on this machine, has the functions, and the processor can run them.</summary>
    public static readonly bool IsAvailable = RuntimeInformation.ProcessArchitecture == Architecture.X64
        && NativeLibrary.TryLoad(Library, typeof(IpsecMb).Assembly, null, out var library)
        && NativeLibrary.TryGetExport(library, nameof(imb_get_feature_flags), out _)
        && NativeLibrary.TryGetExport(library, nameof(aes_gcm_pre_256_vaes_avx512), out _)
        && NativeLibrary.TryGetExport(library, nameof(aes_gcm_enc_256_vaes_avx512), out _)
        && NativeLibrary.TryGetExport(library, nameof(aes_gcm_dec_256_vaes_avx512), out _)
        && (imb_get_feature_flags() & NeededFeatures) == NeededFeatures;

    /// <summary>What the processor and the library can do, as IMB_FEATURE bits.</summary>
    [LibraryImport(Library)]
    private static partial ulong imb_get_feature_flags();

    /// <summary>Expands a key of 32 bytes.</summary>
    [LibraryImport(Library)]
    public static partial void aes_gcm_pre_256_vaes_avx512(byte* key, byte* keyData);

    /// <summary>Seals. Inputs are those of one packet, so a collection that waits for the call waits for microseconds.</summary>
    [LibraryImport(Library), SuppressGCTransition]
    public static partial void aes_gcm_enc_256_vaes_avx512(
        byte* keyData, byte* context, byte* @out, byte* @in, ulong len, byte* iv, byte* aad, ulong aadLen, byte* authTag, ulong authTagLen);

    /// <summary>Decrypts and computes the tag; the caller compares it.</summary>
    [LibraryImport(Library), SuppressGCTransition]
    public static partial void aes_gcm_dec_256_vaes_avx512(
        byte* keyData, byte* context, byte* @out, byte* @in, ulong len, byte* iv, byte* aad, ulong aadLen, byte* authTag, ulong authTagLen);
}
