using NTMobile.Security.Primitives;
using NTMobile.Wire.Identity;

namespace NTMobile.Security.Identity;

/// <summary>Makes and checks a node's bundle.</summary>
public static class BundleSignature
{
    /// <summary>True when the bytes are a bundle signed by the identity key that stands in it. Whether that key is the node's is for a
    /// certificate to say.</summary>
    public static bool Verify(ReadOnlySpan<byte> bundle) =>
        NodeBundle.TryRead(bundle, out NodeBundle? read) && DomainSignature.Verify(read.IdentityKey, NodeBundle.SigningDomain, bundle);

    /// <summary>The signed bytes of a new bundle.</summary>
    /// <param name="identity">The node's keys.</param>
    /// <param name="node">Its full name in its normal form.</param>
    /// <param name="serial">Higher than in any bundle before.</param>
    /// <param name="epoch">Chosen by the node.</param>
    /// <param name="tags">At most 8, each by <see cref="GroupTag.Compute"/>; the rest is filled up with random ones.</param>
    /// <param name="random">For the unused tags.</param>
    public static byte[] Create(NodeIdentity identity, string node, ulong serial, uint epoch, ReadOnlySpan<ulong> tags, IRandom random)
    {
        var all = new ulong[NodeBundle.TagCount];
        random.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(all.AsSpan()));
        tags.CopyTo(all);
        var bundle = new NodeBundle(
            serial, epoch, identity.Static.PublicKey.ToArray(), identity.Signing.PublicKey.ToArray(), node, all, new byte[Ed25519.SignatureSize]);
        byte[] bytes = new byte[bundle.Length];
        bundle.Write(bytes);
        DomainSignature.Sign(identity.Signing, NodeBundle.SigningDomain, bytes);
        return bytes;
    }
}
