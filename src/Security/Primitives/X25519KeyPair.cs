using System.Security.Cryptography;

namespace NTMobile.Security.Primitives;

/// <summary>A private key and its public key. The private half never leaves this project and is erased by <see cref="Dispose"/>.</summary>
public sealed class X25519KeyPair : IDisposable
{
    private readonly byte[] _private = GC.AllocateUninitializedArray<byte>(X25519.KeySize, pinned: true); // pinned: the collector makes no copies of it
    private readonly byte[] _public = new byte[X25519.KeySize];

    private X25519KeyPair()
    {
    }

    /// <summary>The public key, 32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _public;

    /// <summary>The private key, 32 bytes.</summary>
    internal ReadOnlySpan<byte> PrivateKey => _private;

    /// <summary>A new pair; takes 32 bytes from <paramref name="random"/>.</summary>
    public static X25519KeyPair Generate(IRandom random)
    {
        var pair = new X25519KeyPair();
        random.Fill(pair._private);
        X25519.PublicKey(pair._private, pair._public);
        return pair;
    }

    /// <summary>The pair of a private key of 32 bytes, which is copied.</summary>
    public static X25519KeyPair FromPrivateKey(ReadOnlySpan<byte> privateKey)
    {
        Require.Length(privateKey, X25519.KeySize);
        var pair = new X25519KeyPair();
        privateKey.CopyTo(pair._private);
        X25519.PublicKey(pair._private, pair._public);
        return pair;
    }

    /// <summary>The secret shared with the owner of <paramref name="peerPublicKey"/>; false when that key is of low order.</summary>
    public bool TryAgree(ReadOnlySpan<byte> peerPublicKey, Span<byte> shared) => X25519.TryAgree(_private, peerPublicKey, shared);

    /// <summary>Erases the private key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_private);
}
