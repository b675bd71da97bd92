using NTMobile.Security;
using NTMobile.Security.Identity;
using NTMobile.Wire.Identity;

namespace NTMobile.RouterCore.Groups;

/// <summary>This node's membership in a group that users made.</summary>
/// <param name="Id">Group id in base32, the group CA's fingerprint.</param>
/// <param name="Name">The name that its owner gave it.</param>
/// <param name="Priority">Which common group is tried first; the lowest number wins.</param>
/// <param name="Key">The group's key, 32 bytes: the psk of handshakes.</param>
/// <param name="CaKey">Ed25519 key of the group CA, 32 bytes.</param>
/// <param name="Certificate">This node's member certificate.</param>
public sealed record GroupMembership(string Id, string Name, int Priority, byte[] Key, byte[] CaKey, byte[] Certificate)
{
    /// <summary>Whether a certificate makes a node a member of this group.</summary>
    /// <param name="certificate">A member certificate as it came.</param>
    /// <param name="bundle">The node's signed bundle: name and keys.</param>
    /// <param name="now">For the expiry.</param>
    internal bool IsMember(ReadOnlySpan<byte> certificate, NodeBundle bundle, DateTimeOffset now) =>
        MemberCertificate.TryRead(certificate, out var member)
        && MemberCertificate.TryRead(Certificate, out var own) && member.GroupId.AsSpan().SequenceEqual(own.GroupId)
        && member.Node == bundle.Node
        && member.MemberKey.AsSpan().SequenceEqual(bundle.IdentityKey)
        && now.ToUnixTimeSeconds() <= (long)member.NotAfter
        && MemberSignature.Verify(CaKey, certificate);
}

/// <summary>A group that both ends are in, with the tags by which each shows it.</summary>
/// <param name="Membership">Our membership.</param>
/// <param name="OwnTag">The tag in our bundle.</param>
/// <param name="PeerTag">The tag in the peer's bundle.</param>
internal sealed record CommonGroup(GroupMembership Membership, ulong OwnTag, ulong PeerTag);

/// <summary>The groups that this node is in.</summary>
internal sealed class GroupBook
{
    private IReadOnlyList<GroupMembership> _groups = [];

    public IReadOnlyList<GroupMembership> All => _groups;

    /// <summary>Replaces the groups; more than a bundle has room for are left out, the least important first.</summary>
    public void Set(IEnumerable<GroupMembership> groups) =>
        _groups = [.. groups.OrderBy(g => g.Priority).ThenBy(g => g.Id, StringComparer.Ordinal).Take(NodeBundle.TagCount)];

    /// <summary>This node's signed bundle.</summary>
    public byte[] BuildBundle(NodeSettings settings, ulong serial, IRandom random)
    {
        ulong[] tags = [.. _groups.Select(g => GroupTag.Compute(g.Key, settings.Name, 0, serial))];
        return BundleSignature.Create(settings.Identity, settings.Name, serial, 0, tags, random);
    }

    /// <summary>Reads a peer's bundle and checks its signature.</summary>
    public static NodeBundle? ReadBundle(ReadOnlySpan<byte> bytes) =>
        NodeBundle.TryRead(bytes, out var bundle) && BundleSignature.Verify(bytes) ? bundle : null;

    /// <summary>The groups that both ends are in, our most important one first.</summary>
    /// <param name="ownBundle">Our bundle as the peer has it.</param>
    /// <param name="peer">The peer's.</param>
    public IReadOnlyList<CommonGroup> Common(ReadOnlySpan<byte> ownBundle, NodeBundle peer)
    {
        var common = new List<CommonGroup>();
        if (!NodeBundle.TryRead(ownBundle, out var own))
        {
            return common;
        }

        foreach (var group in _groups)
        {
            var ownTag = GroupTag.Compute(group.Key, own.Node, own.Epoch, own.Serial);
            var peerTag = GroupTag.Compute(group.Key, peer.Node, peer.Epoch, peer.Serial);
            if (own.Tags.Contains(ownTag) && peer.Tags.Contains(peerTag))
            {
                common.Add(new CommonGroup(group, ownTag, peerTag));
            }
        }

        return common;
    }
}
