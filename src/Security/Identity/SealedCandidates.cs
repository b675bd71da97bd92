using System.Security.Cryptography;
using System.Text;
using NTMobile.Security.Primitives;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Identity;

namespace NTMobile.Security.Identity;

/// <summary>Where a node may be reached, readable by members of its groups only: the DS hands it on and learns nothing of it (protocol.md §3).</summary>
/// <remarks><code>
///  0             16                            272
///  +-------------+-----------------------------+-----------------------+----------+
///  | number (16) | 8 × the key, hidden (32)    | candidates enciphered | tag (16) |
///  +-------------+-----------------------------+-----------------------+----------+
///  hidden for the group of the bundle's tag i: key XOR HKDF-SHA256(group key, salt = number, info = "NTM1 candidates" ‖ node name)
///  where the bundle has no group's tag: random bytes
///  candidates: a list as in LocatorUpdate; ChaCha20-Poly1305, nonce 0 (each key is used once), AAD = node name
/// </code></remarks>
public static class SealedCandidates
{
    private const int NumberSize = 16;
    private const int KeySize = ChaChaPoly.KeySize;
    private const int HeaderSize = NumberSize + (NodeBundle.TagCount * KeySize);

    /// <summary>Seals a node's candidates for the groups whose tags stand in its bundle.</summary>
    /// <param name="own">The node's bundle.</param>
    /// <param name="groups">Its groups.</param>
    /// <param name="candidates">At most 16.</param>
    /// <param name="random">For the key and the number.</param>
    public static byte[] Seal(NodeBundle own, IEnumerable<GroupMembership> groups, Candidate[] candidates, IRandom random)
    {
        Span<byte> key = stackalloc byte[KeySize];
        random.Fill(key);
        byte[] list = Candidate.ListBytes(candidates);
        var box = new byte[HeaderSize + list.Length + ChaChaPoly.TagSize];
        random.Fill(box.AsSpan(0, HeaderSize));
        foreach (GroupMembership group in groups)
        {
            if (Slot(group, own) is >= 0 and int slot)
            {
                Span<byte> hidden = box.AsSpan(NumberSize + (slot * KeySize), KeySize);
                key.CopyTo(hidden);
                Hide(hidden, group, own.Node, box);
            }
        }

        ChaChaPoly.Seal(key, stackalloc byte[ChaChaPoly.NonceSize], Encoding.ASCII.GetBytes(own.Node), list, box.AsSpan(HeaderSize));
        CryptographicOperations.ZeroMemory(key);
        return box;
    }

    /// <summary>Opens what a member of the same group sealed.</summary>
    /// <param name="box">As it came.</param>
    /// <param name="bundle">The bundle that came with it.</param>
    /// <param name="group">A common group.</param>
    /// <param name="candidates">The candidates; empty when it cannot be opened.</param>
    /// <returns>False: it is not of this node, not for this group, or damaged.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> box, NodeBundle bundle, GroupMembership group, out Candidate[] candidates)
    {
        candidates = [];
        if (box.Length < HeaderSize + ChaChaPoly.TagSize || Slot(group, bundle) is not (>= 0 and int slot))
        {
            return false;
        }

        Span<byte> key = stackalloc byte[KeySize];
        box.Slice(NumberSize + (slot * KeySize), KeySize).CopyTo(key);
        Hide(key, group, bundle.Node, box);
        var list = new byte[box.Length - HeaderSize - ChaChaPoly.TagSize];
        bool opened = ChaChaPoly.TryOpen(
            key, stackalloc byte[ChaChaPoly.NonceSize], Encoding.ASCII.GetBytes(bundle.Node), box[HeaderSize..], list);
        CryptographicOperations.ZeroMemory(key);
        return opened && Candidate.TryReadList(list, out candidates);
    }

    private static int Slot(GroupMembership group, NodeBundle bundle) =>
        Array.IndexOf(bundle.Tags, GroupTag.Compute(group.GroupKey, bundle.Node, bundle.Epoch, bundle.Serial));

    // The same once more shows it again.
    private static void Hide(Span<byte> key, GroupMembership group, string node, ReadOnlySpan<byte> box)
    {
        Span<byte> pad = stackalloc byte[KeySize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, group.GroupKey, pad, box[..NumberSize], [.. "NTM1 candidates"u8, .. Encoding.ASCII.GetBytes(node)]);
        for (var i = 0; i < KeySize; i++)
        {
            key[i] ^= pad[i];
        }
    }
}
