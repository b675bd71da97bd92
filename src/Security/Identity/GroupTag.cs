using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Identity;

/// <summary>By a tag in its bundle a node shows that it is a member of a group, to members only (protocol.md §3).</summary>
public static class GroupTag
{
    /// <summary>The tag of a node in one of its bundles: the first 8 bytes, big-endian, of
    /// HMAC-SHA256(HKDF(group key, "ntm tag"), length of the name (1) ‖ node name ‖ epoch (4) ‖ serial (8)).</summary>
    /// <param name="groupKey">The group's pre-shared key, 32 bytes.</param>
    /// <param name="node">The node's full name in its normal form.</param>
    /// <param name="epoch">Of the bundle.</param>
    /// <param name="serial">Of the bundle.</param>
    public static ulong Compute(ReadOnlySpan<byte> groupKey, string node, uint epoch, ulong serial)
    {
        Require.Length(groupKey, 32);
        Span<byte> key = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, groupKey, key, [], "ntm tag"u8);
        Span<byte> text = stackalloc byte[1 + byte.MaxValue + 4 + 8];
        int length = 1 + Encoding.ASCII.GetBytes(node, text[1..]);
        text[0] = checked((byte)(length - 1));
        BinaryPrimitives.WriteUInt32BigEndian(text[length..], epoch);
        BinaryPrimitives.WriteUInt64BigEndian(text[(length + 4)..], serial);
        Span<byte> mac = stackalloc byte[32];
        HMACSHA256.HashData(key, text[..(length + 12)], mac);
        CryptographicOperations.ZeroMemory(key);
        return BinaryPrimitives.ReadUInt64BigEndian(mac);
    }
}
