using NTMobile.Security.Primitives;

namespace NTMobile.Security.Identity;

/// <summary>Signatures at the end of a structure, over a text that names the kind of structure and all bytes before the signature.
/// The text keeps one kind from passing for another.</summary>
internal static class DomainSignature
{
    /// <summary>Puts the signature into the last 64 bytes of <paramref name="structure"/>.</summary>
    public static void Sign(Ed25519KeyPair key, ReadOnlySpan<byte> domain, Span<byte> structure)
    {
        Span<byte> body = structure[..^Ed25519.SignatureSize];
        key.Sign([.. domain, .. body], structure[body.Length..]);
    }

    /// <summary>Checks the last 64 bytes of <paramref name="structure"/>.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> domain, ReadOnlySpan<byte> structure)
    {
        if (structure.Length < Ed25519.SignatureSize)
        {
            return false;
        }

        ReadOnlySpan<byte> body = structure[..^Ed25519.SignatureSize];
        return Ed25519.Verify(publicKey, [.. domain, .. body], structure[body.Length..]);
    }
}
