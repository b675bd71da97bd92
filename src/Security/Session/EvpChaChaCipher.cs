using NTMobile.Security.Primitives;

namespace NTMobile.Security.Session;

/// <summary>ChaCha20-Poly1305 by OpenSSL's EVP interface, which has assembler for ARM and x86. One context per thread serves all
/// keys: giving it key and nonce costs less than a context per key and thread would.</summary>
internal sealed unsafe class EvpChaChaCipher : PacketCipher
{
    private readonly KeyMemory _key;

    public EvpChaChaCipher(ReadOnlySpan<byte> key) => _key = new KeyMemory(key);

    internal override bool SealCore(byte* nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        nint context = EvpContext.OfThisThread();
        bool done;
        fixed (byte* ad = aad, m = plaintext, c = destination)
        {
            done = Start(context, _key.Pointer, nonce, sealing: 1, ad, aad.Length)
                && Update(context, c, m, plaintext.Length)
                && Finish(context)
                && Libcrypto.EVP_CIPHER_CTX_ctrl(context, Libcrypto.EVP_CTRL_AEAD_GET_TAG, TagSize, c + plaintext.Length) == 1;
        }

        GC.KeepAlive(_key);
        return done;
    }

    internal override bool OpenCore(byte* nonce, ReadOnlySpan<byte> aad, Span<byte> inPlace)
    {
        nint context = EvpContext.OfThisThread();
        bool opened;
        fixed (byte* ad = aad, c = inPlace)
        {
            int length = inPlace.Length - TagSize;
            opened = Start(context, _key.Pointer, nonce, sealing: 0, ad, aad.Length)
                && Libcrypto.EVP_CIPHER_CTX_ctrl(context, Libcrypto.EVP_CTRL_AEAD_SET_TAG, TagSize, c + length) == 1
                && Update(context, c, c, length)
                && Finish(context); // compares the tag
        }

        GC.KeepAlive(_key);
        return opened;
    }

    private protected override void Erase() => _key.Dispose();

    private static bool Start(nint context, byte* key, byte* nonce, int sealing, byte* aad, int aadLength)
    {
        int unused;
        return Libcrypto.EVP_CipherInit_ex(context, 0, 0, key, nonce, sealing) == 1
            && (aadLength == 0 || Libcrypto.EVP_CipherUpdate(context, null, &unused, aad, aadLength) == 1);
    }

    private static bool Update(nint context, byte* output, byte* input, int length)
    {
        int unused;
        return length == 0 || Libcrypto.EVP_CipherUpdate(context, output, &unused, input, length) == 1;
    }

    private static bool Finish(nint context)
    {
        byte nothing; // a stream cipher leaves no last block
        int unused;
        return Libcrypto.EVP_CipherFinal_ex(context, &nothing, &unused) == 1;
    }
}
