using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Identity;

/// <summary>What a node says about itself to those who may talk to it: its keys, and tags by which members of its groups recognise it
/// (protocol.md §3).</summary>
/// <remarks>
/// <code>
///  0         1            9           13               45                  77
///  +---------+------------+-----------+----------------+-------------------+-----------+-----------------+----------------+
///  | version | serial (8) | epoch (4) | static key (32)| identity key (32) | node name | 8 tags (8 each) | signature (64) |
///  +---------+------------+-----------+----------------+-------------------+-----------+-----------------+----------------+
///  version 1; unused tags are random; signature by the identity key over "NTM1 bundle" ‖ all before it
/// </code>
/// </remarks>
/// <param name="Serial">Higher in every new bundle of the node.</param>
/// <param name="Epoch">Chosen by the node; new tags with every new one.</param>
/// <param name="StaticKey">X25519, 32 bytes: what Noise uses.</param>
/// <param name="IdentityKey">Ed25519, 32 bytes: what certificates name.</param>
/// <param name="Node">The node's full name.</param>
/// <param name="Tags">Exactly <see cref="TagCount"/>.</param>
/// <param name="Signature">64 bytes; not checked here.</param>
public sealed record NodeBundle(
    ulong Serial, uint Epoch, byte[] StaticKey, byte[] IdentityKey, string Node, ulong[] Tags, byte[] Signature)
{
    /// <summary>How many tags there are, used or not.</summary>
    public const int TagCount = 8;

    /// <summary>Bytes of either key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of the signature.</summary>
    public const int SignatureSize = 64;

    private const byte Version = 1;
    private const int TagSize = 8;

    /// <summary>What is signed together with the bytes before the signature.</summary>
    public static ReadOnlySpan<byte> SigningDomain => "NTM1 bundle"u8;

    /// <summary>Bytes that it takes.</summary>
    public int Length => 1 + 8 + 4 + KeySize + KeySize + WireLength.Of(Node) + (TagCount * TagSize) + SignatureSize;

    /// <summary>Reads a bundle, whose signature is yet to be checked.</summary>
    /// <returns>False if it is too short, too long, of another version, or its name is not in the normal form.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, [MaybeNullWhen(false)] out NodeBundle bundle)
    {
        var reader = new SpanReader(source).Byte(out _, Version, Version).UInt64(out var serial).UInt32(out var epoch)
            .Array(KeySize, out var staticKey).Array(KeySize, out var identityKey).Name(out var node);
        var tags = new ulong[TagCount];
        for (var i = 0; i < TagCount; i++)
        {
            reader = reader.UInt64(out tags[i]);
        }

        var good = reader.Array(SignatureSize, out var signature).AtEnd;
        bundle = good ? new NodeBundle(serial, epoch, staticKey, identityKey, node, tags, signature) : null;
        return good;
    }

    /// <summary>Writes it to a buffer of exactly <see cref="Length"/> bytes.</summary>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    public void Write(Span<byte> destination)
    {
        var writer = new SpanWriter(destination).Byte(Version).UInt64(Serial).UInt32(Epoch)
            .Bytes(StaticKey, KeySize, KeySize).Bytes(IdentityKey, KeySize, KeySize).Name(Node);
        for (var i = 0; i < TagCount; i++)
        {
            writer = writer.UInt64(Tags[i]);
        }

        writer.Bytes(Signature, SignatureSize, SignatureSize).End();
    }
}
