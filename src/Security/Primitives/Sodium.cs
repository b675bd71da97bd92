using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NTMobile.Security.Primitives;

/// <summary>The functions of libsodium that are used, with libsodium's own names. All return 0 for success and −1 for failure
/// unless said otherwise. Source: libsodium's headers, <c>sodium/crypto_*.h</c>.</summary>
internal static unsafe partial class Sodium
{
    private const string Library = "libsodium";

    /// <summary>True once <c>sodium_init</c> has chosen the code for this CPU.</summary>
    private static readonly bool Ready = Initialize();

    /// <summary>To be called before the first use of anything else here.</summary>
    /// <exception cref="CryptographicException">libsodium refuses to start.</exception>
    public static void EnsureReady()
    {
        if (!Ready)
        {
            throw new CryptographicException("libsodium could not be initialised.");
        }
    }

    private static bool Initialize() => sodium_init() >= 0; // 1: it had been initialised already

    [LibraryImport(Library)]
    private static partial int sodium_init();

    [LibraryImport(Library)]
    public static partial void sodium_memzero(void* pointer, nuint length);

    [LibraryImport(Library)]
    public static partial int crypto_scalarmult(byte* shared, byte* scalar, byte* point);

    [LibraryImport(Library)]
    public static partial int crypto_scalarmult_base(byte* point, byte* scalar);

    [LibraryImport(Library)]
    public static partial int crypto_sign_seed_keypair(byte* publicKey, byte* secretKey, byte* seed);

    [LibraryImport(Library)]
    public static partial int crypto_sign_detached(byte* signature, ulong* signatureLength, byte* message, ulong messageLength, byte* secretKey);

    [LibraryImport(Library)]
    public static partial int crypto_sign_verify_detached(byte* signature, byte* message, ulong messageLength, byte* publicKey);

    [LibraryImport(Library)]
    public static partial int crypto_aead_chacha20poly1305_ietf_encrypt_detached(
        byte* c, byte* mac, ulong* maclen, byte* m, ulong mlen, byte* ad, ulong adlen, byte* nsec, byte* npub, byte* k);

    [LibraryImport(Library)]
    public static partial int crypto_aead_chacha20poly1305_ietf_decrypt_detached(
        byte* m, byte* nsec, byte* c, ulong clen, byte* mac, byte* ad, ulong adlen, byte* npub, byte* k);

    /// <summary>1 where the CPU has AES instructions that libsodium can use, else 0.</summary>
    [LibraryImport(Library)]
    public static partial int crypto_aead_aes256gcm_is_available();

    [LibraryImport(Library)]
    public static partial int crypto_aead_aes256gcm_beforenm(byte* state, byte* k);

    [LibraryImport(Library)]
    public static partial int crypto_aead_aes256gcm_encrypt_detached_afternm(
        byte* c, byte* mac, ulong* maclen, byte* m, ulong mlen, byte* ad, ulong adlen, byte* nsec, byte* npub, byte* state);

    [LibraryImport(Library)]
    public static partial int crypto_aead_aes256gcm_decrypt_detached_afternm(
        byte* m, byte* nsec, byte* c, ulong clen, byte* mac, byte* ad, ulong adlen, byte* npub, byte* state);

    // The same two without the change of GC mode: for inputs that take well under a microsecond, since a collection waits for them.
    [LibraryImport(Library, EntryPoint = nameof(crypto_aead_aes256gcm_encrypt_detached_afternm)), SuppressGCTransition]
    public static partial int aes256gcm_encrypt_short(
        byte* c, byte* mac, ulong* maclen, byte* m, ulong mlen, byte* ad, ulong adlen, byte* nsec, byte* npub, byte* state);

    [LibraryImport(Library, EntryPoint = nameof(crypto_aead_aes256gcm_decrypt_detached_afternm)), SuppressGCTransition]
    public static partial int aes256gcm_decrypt_short(
        byte* m, byte* nsec, byte* c, ulong clen, byte* mac, byte* ad, ulong adlen, byte* npub, byte* state);
}
