using System.Security.Cryptography;

namespace NTMobile.Security.Primitives;

/// <summary>A signing key. Its secret half never leaves this project and is erased by <see cref="Dispose"/>.</summary>
public sealed unsafe class Ed25519KeyPair : IDisposable
{
    private readonly byte[] _secret = GC.AllocateUninitializedArray<byte>(Ed25519.SecretKeySize, pinned: true); // seed 32, public key 32
    private readonly byte[] _public = new byte[Ed25519.PublicKeySize];

    private Ed25519KeyPair(ReadOnlySpan<byte> seed)
    {
        Require.Length(seed, Ed25519.SeedSize);
        Sodium.EnsureReady();
        fixed (byte* secret = _secret, key = _public, from = seed)
        {
            Require.Success(Sodium.crypto_sign_seed_keypair(key, secret, from));
        }
    }

    /// <summary>The public key, 32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _public;

    /// <summary>The seed from which the pair was made, 32 bytes.</summary>
    internal ReadOnlySpan<byte> Seed => _secret.AsSpan(0, Ed25519.SeedSize);

    /// <summary>A new pair; takes 32 bytes from <paramref name="random"/>.</summary>
    public static Ed25519KeyPair Generate(IRandom random)
    {
        Span<byte> seed = stackalloc byte[Ed25519.SeedSize];
        random.Fill(seed);
        var pair = new Ed25519KeyPair(seed);
        CryptographicOperations.ZeroMemory(seed);
        return pair;
    }

    /// <summary>The pair of a seed of 32 bytes, which is copied.</summary>
    public static Ed25519KeyPair FromSeed(ReadOnlySpan<byte> seed) => new(seed);

    /// <summary>Writes the signature (64 bytes) on <paramref name="message"/>.</summary>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        Require.Length(signature, Ed25519.SignatureSize);
        fixed (byte* secret = _secret, text = message, sig = signature)
        {
            Require.Success(Sodium.crypto_sign_detached(sig, null, text, (ulong)message.Length, secret));
        }
    }

    /// <summary>Erases the secret key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_secret);
}
