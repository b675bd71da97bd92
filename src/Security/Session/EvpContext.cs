using System.Security.Cryptography;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Session;

/// <summary>A thread's own <c>EVP_CIPHER_CTX</c> for ChaCha20-Poly1305, made at the first use and erased and freed after the
/// thread's end. It remembers the last key used.</summary>
internal sealed unsafe class EvpContext
{
    [ThreadStatic]
    private static EvpContext? mine;

    private readonly nint _context;

    private EvpContext()
    {
        _context = Libcrypto.EVP_CIPHER_CTX_new();
        if (_context == 0 || Libcrypto.EVP_CipherInit_ex(_context, Libcrypto.EVP_chacha20_poly1305(), 0, null, null, 1) != 1)
        {
            throw new CryptographicException("libcrypto has no ChaCha20-Poly1305.");
        }
    }

    ~EvpContext() => Libcrypto.EVP_CIPHER_CTX_free(_context);

    public static nint OfThisThread() => (mine ??= new EvpContext())._context;
}
