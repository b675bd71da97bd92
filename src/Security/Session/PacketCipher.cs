using System.Security.Cryptography;
using NTMobile.Security.Primitives;
using NTMobile.Wire;

namespace NTMobile.Security.Session;

/// <summary>One key for sealing or opening packets. <see cref="Seal"/> and <see cref="Open"/> may be called by several
/// threads at once and allocate nothing.</summary>
/// <remarks>The nonce is four zero bytes, then the counter as 8 bytes big-endian. The caller sees to it that no counter is used
/// twice for sealing with one key.</remarks>
public abstract unsafe class PacketCipher : IDisposable
{
    /// <summary>Bytes of a key, in both suites.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of the tag behind the ciphertext, in both suites.</summary>
    public const int TagSize = SealedDatagram.TagSize;

    private protected PacketCipher()
    {
    }

    /// <summary>The cipher of a suite under a key of 32 bytes, which is copied.</summary>
    /// <exception cref="PlatformNotSupportedException">AES-256-GCM on a CPU without AES instructions.</exception>
    public static PacketCipher Create(CipherSuite suite, ReadOnlySpan<byte> key)
    {
        Require.Length(key, KeySize);
        return suite switch
        {
            CipherSuite.Aes256Gcm when IpsecMb.IsAvailable => new IpsecMbAesGcmCipher(key),
            CipherSuite.Aes256Gcm => new SodiumAesGcmCipher(key),
            CipherSuite.ChaCha20Poly1305 when Libcrypto.IsAvailable => new EvpChaChaCipher(key),
            CipherSuite.ChaCha20Poly1305 => new SodiumChaChaCipher(key),
            _ => throw new ArgumentOutOfRangeException(nameof(suite)),
        };
    }

    /// <summary>Writes ciphertext and tag in one pass.</summary>
    /// <param name="counter">Never used before with this key.</param>
    /// <param name="aad">Authenticated, not written.</param>
    /// <param name="plaintext">Shares no byte with <paramref name="destination"/>.</param>
    /// <param name="destination">Exactly <see cref="TagSize"/> bytes longer than <paramref name="plaintext"/>.</param>
    public void Seal(ulong counter, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        Require.Length(destination, plaintext.Length + TagSize);
        byte* nonce = stackalloc byte[SealedDatagram.NonceSize];
        SealedDatagram.WriteNonce(new Span<byte>(nonce, SealedDatagram.NonceSize), counter);
        if (!SealCore(nonce, aad, plaintext, destination))
        {
            throw new CryptographicException("The native library could not seal a packet.");
        }
    }

    /// <summary>Opens in place: the plaintext takes the place of the ciphertext, <see cref="TagSize"/> bytes shorter.</summary>
    /// <returns>False when too short or forged; <paramref name="inPlace"/> then holds nothing of worth.</returns>
    public bool Open(ulong counter, ReadOnlySpan<byte> aad, Span<byte> inPlace)
    {
        byte* nonce = stackalloc byte[SealedDatagram.NonceSize];
        SealedDatagram.WriteNonce(new Span<byte>(nonce, SealedDatagram.NonceSize), counter);
        return inPlace.Length >= TagSize && OpenCore(nonce, aad, inPlace);
    }

    /// <summary>Erases the key. No thread may be inside <see cref="Seal"/> or <see cref="Open"/>, or come to call them again.
    /// Of a cipher that is only dropped the collector erases the key.</summary>
    public void Dispose()
    {
        Erase();
        GC.SuppressFinalize(this); // for what derives from it; the memory of the key has a finaliser of its own
    }

    /// <summary>Where the expanded key lies and how long it is, for fetching it ahead only; nothing where that does not pay.</summary>
    internal virtual (nint Address, int Bytes) Place => default;

    /// <summary>Seals under a nonce of 12 bytes. False: the native library failed.</summary>
    internal abstract bool SealCore(byte* nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> destination);

    /// <summary>Opens under a nonce of 12 bytes what is at least a tag long.</summary>
    internal abstract bool OpenCore(byte* nonce, ReadOnlySpan<byte> aad, Span<byte> inPlace);

    private protected abstract void Erase();
}
