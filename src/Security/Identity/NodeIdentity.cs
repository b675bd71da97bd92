using System.Security.Cryptography;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Identity;

/// <summary>The keys that are a node, or a server: an Ed25519 key by which it is known, and an X25519 key for handshakes.</summary>
public sealed class NodeIdentity : IDisposable
{
    private const int BodySize = Ed25519.SeedSize + X25519.KeySize; // Ed25519 seed, X25519 private key
    private const int FingerprintBytes = 20;

    private NodeIdentity(Ed25519KeyPair signing, X25519KeyPair @static)
    {
        Signing = signing;
        Static = @static;
    }

    /// <summary>The key that signs bundles and requests, and that certificates name.</summary>
    public Ed25519KeyPair Signing { get; }

    /// <summary>Noise's static key.</summary>
    public X25519KeyPair Static { get; }

    /// <summary>The fingerprint of this node's identity key.</summary>
    public string Fingerprint => FingerprintOf(Signing.PublicKey);

    /// <summary>New keys.</summary>
    public static NodeIdentity Create(IRandom random) => new(Ed25519KeyPair.Generate(random), X25519KeyPair.Generate(random));

    /// <summary>How an identity key is shown to people: base 32 of the first 20 bytes of its SHA-256, in groups of four.</summary>
    /// <param name="identityKey">An Ed25519 public key, 32 bytes.</param>
    public static string FingerprintOf(ReadOnlySpan<byte> identityKey)
    {
        Require.Length(identityKey, Ed25519.PublicKeySize);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(identityKey, hash);
        return Base32.EncodeInGroups(hash[..FingerprintBytes]);
    }

    /// <summary>Takes back what <see cref="Export"/> gave.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="identity">The keys, or null.</param>
    /// <returns>What is wrong with the file, or none.</returns>
    public static KeyFileProblem Import(ReadOnlySpan<byte> file, out NodeIdentity? identity)
    {
        identity = null;
        KeyFileProblem problem = KeyContainer.Read(KeyFileKind.Node, file, out ReadOnlySpan<byte> body);
        if (problem == KeyFileProblem.None && body.Length != BodySize)
        {
            problem = KeyFileProblem.Damaged;
        }

        if (problem == KeyFileProblem.None)
        {
            identity = new NodeIdentity(Ed25519KeyPair.FromSeed(body[..Ed25519.SeedSize]), X25519KeyPair.FromPrivateKey(body[Ed25519.SeedSize..]));
        }

        return problem;
    }

    /// <summary>The keys as the bytes of a file, which is secret (mode 0600); the caller erases them.</summary>
    public byte[] Export()
    {
        Span<byte> body = stackalloc byte[BodySize];
        Signing.Seed.CopyTo(body);
        Static.PrivateKey.CopyTo(body[Ed25519.SeedSize..]);
        byte[] file = KeyContainer.Write(KeyFileKind.Node, body);
        CryptographicOperations.ZeroMemory(body);
        return file;
    }

    /// <summary>Erases both keys.</summary>
    public void Dispose()
    {
        Signing.Dispose();
        Static.Dispose();
    }
}
