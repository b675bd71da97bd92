using System.Runtime.InteropServices;

namespace NTMobile.Security.Primitives;

/// <summary>The functions of OpenSSL 3's libcrypto that are used, with OpenSSL's own names. The EVP calls return 1 for success.
/// Source: <c>openssl/evp.h</c>.</summary>
internal static unsafe partial class Libcrypto
{
    private const string Library = "libcrypto.so.3";

    /// <summary><c>EVP_CTRL_AEAD_GET_TAG</c>: copies the tag out after sealing.</summary>
    public const int EVP_CTRL_AEAD_GET_TAG = 0x10;

    /// <summary><c>EVP_CTRL_AEAD_SET_TAG</c>: gives the expected tag before opening is finished.</summary>
    public const int EVP_CTRL_AEAD_SET_TAG = 0x11;

    /// <summary>True when the library is on this machine.</summary>
    public static readonly bool IsAvailable = NativeLibrary.TryLoad(Library, typeof(Libcrypto).Assembly, null, out _);

    /// <summary>A context, or null when memory is short.</summary>
    [LibraryImport(Library)]
    public static partial nint EVP_CIPHER_CTX_new();

    /// <summary>Erases and frees a context.</summary>
    [LibraryImport(Library)]
    public static partial void EVP_CIPHER_CTX_free(nint ctx);

    [LibraryImport(Library)]
    public static partial nint EVP_chacha20_poly1305();

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int EVP_CipherInit_ex(nint ctx, nint type, nint impl, byte* key, byte* iv, int enc);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int EVP_CIPHER_CTX_ctrl(nint ctx, int type, int arg, void* ptr);

    [LibraryImport(Library)]
    public static partial int EVP_CipherUpdate(nint ctx, byte* @out, int* outl, byte* @in, int inl);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int EVP_CipherFinal_ex(nint ctx, byte* outm, int* outl);
}
