using NTMobile.Security.Primitives;
using NTMobile.Wire.Identity;

namespace NTMobile.Security.Identity;

/// <summary>Makes and checks a node's one-time keys.</summary>
public static class PrekeySignature
{
    /// <summary>The public half of a one-time key, signed by the node.</summary>
    /// <param name="identity">The node's keys.</param>
    /// <param name="id">The node's name for the key.</param>
    /// <param name="key">X25519 public key, 32 bytes.</param>
    public static Prekey Create(NodeIdentity identity, uint id, ReadOnlySpan<byte> key)
    {
        Span<byte> structure = stackalloc byte[Prekey.Size];
        var prekey = new Prekey(id, key.ToArray(), new byte[Ed25519.SignatureSize]);
        prekey.Write(structure);
        DomainSignature.Sign(identity.Signing, Prekey.SigningDomain, structure);
        return prekey with { Signature = structure[^Ed25519.SignatureSize..].ToArray() };
    }

    /// <summary>Whether a key was signed by the node of a bundle.</summary>
    public static bool Verify(NodeBundle bundle, Prekey prekey)
    {
        Span<byte> structure = stackalloc byte[Prekey.Size];
        prekey.Write(structure);
        return DomainSignature.Verify(bundle.IdentityKey, Prekey.SigningDomain, structure);
    }
}
